// Builds static/dist/: hashed scripts, style, fonts, icon sprite, ELK worker, their .br and .gz twins, manifest.json, notices.
// node build.mjs            once; fails where a page outgrows its budget
// node build.mjs --watch    again whenever a source changes
// node build.mjs --strip-lock  removes funding links from package-lock.json
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, watch, writeFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = import.meta.dirname;
const DIST = join(ROOT, "dist");
const MODULES = join(ROOT, "node_modules");
const KB = 1024;
/** Most gzipped bytes that may block a page: everything a page imports at once, base included. */
const BUDGET = { "base.js": 12 * KB, "home.js": 20 * KB, "empty.js": 16 * KB, "sign-in.js": 14 * KB, "graph.js": 37 * KB, "trace.js": 27 * KB, "traces.js": 20 * KB, "app.css": 15 * KB };
const COPIED = { "elk-worker.js": "elkjs/lib/elk-worker.min.js" };
const TWINNED = /\.(js|css|svg|json|txt)$/;

const read = (/** @type {string} */ path) => readFileSync(path);
const gz = (/** @type {Uint8Array} */ bytes) => gzipSync(bytes, { level: 9 });

/** Writes `bytes` under a name that changes with them; answers the name. */
function writeHashed(name, bytes) {
  const dot = name.lastIndexOf(".");
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(DIST, file), bytes);
  return file;
}

/** One sprite: the Lucide icons named in icons.txt and our own of icons/; `<use href="…#name">` needs no script. */
function sprite() {
  const lucide = readFileSync(join(ROOT, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const own = readdirSync(join(ROOT, "icons")).sort();
  const paths = [...lucide.map((name) => join(MODULES, "lucide-static/icons", `${name}.svg`)), ...own.map((name) => join(ROOT, "icons", name))];
  const symbols = paths.map((path) => {
    const svg = readFileSync(path, "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    const box = /viewBox="([^"]+)"/.exec(svg)?.[1];
    return `<symbol id="${basename(path, ".svg")}" viewBox="${box}">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

/** The package a bundled file came from, or undefined for our own. */
function packageOf(input) {
  const inside = input.split("node_modules/").at(-1);
  if (inside === input || inside === undefined) return undefined;
  const parts = inside.split("/");
  return inside.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

/** The licence texts of every package whose bytes we ship. */
function notices(packages) {
  return [...packages].sort().map((name) => {
    const folder = join(MODULES, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license} (its package carries no text)`;
    return `${name} ${version} (${license})\n${"-".repeat(72)}\n${text}\n`;
  }).join("\n\n");
}

/** Every chunk that loading `file` loads at once. */
function eager(file, outputs) {
  const seen = new Set([file]);
  for (const each of seen)
    for (const { path, kind } of outputs[each].imports) if (kind === "import-statement" && outputs[path]) seen.add(path);
  return [...seen];
}

async function buildAll() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  const pages = readdirSync(join(ROOT, "src/pages")).filter((name) => name.endsWith(".js"));
  const entries = [...pages.map((name) => `src/pages/${name}`), "styles/app.css"];
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir: "dist",
    outbase: ".",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: ["chrome123", "firefox125", "safari17.5"],
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    legalComments: "linked",
    sourcemap: "linked",
    metafile: true,
    logLevel: "warning",
  });

  const outputs = metafile.outputs;
  const files = {};
  const preload = {};
  const sizes = {};
  for (const [path, output] of Object.entries(outputs)) {
    const file = basename(path);
    if (output.entryPoint && entries.includes(output.entryPoint)) {
      const name = basename(output.entryPoint);
      const needed = eager(path, outputs);
      files[name] = file;
      preload[name] = needed.slice(1).map((each) => basename(each));
      sizes[name] = needed.reduce((sum, each) => sum + gz(read(join(ROOT, each))).length, 0);
    } else if (file.endsWith(".woff2")) files[file.replace(/-[A-Z0-9]{8}(?=\.woff2$)/, "")] = file;
  }
  files["icons.svg"] = writeHashed("icons.svg", Buffer.from(sprite()));
  for (const [name, source] of Object.entries(COPIED)) files[name] = writeHashed(name, read(join(MODULES, source)));

  const packages = new Set(["lucide-static", ...Object.values(COPIED).map((path) => path.split("/")[0])]);
  for (const input of Object.keys(metafile.inputs)) if (packageOf(input)) packages.add(packageOf(input));
  writeFileSync(join(DIST, "THIRD_PARTY_NOTICES.txt"), notices(packages));
  for (const file of readdirSync(DIST).filter((name) => TWINNED.test(name))) {
    const bytes = read(join(DIST, file));
    writeFileSync(join(DIST, `${file}.gz`), gz(bytes));
    writeFileSync(join(DIST, `${file}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
  // Last, so that a manifest always names files that are there.
  writeFileSync(join(DIST, "manifest.json"), JSON.stringify({ files, preload }, null, 1));

  const over = [];
  for (const [name, size] of Object.entries(sizes)) {
    const budget = BUDGET[name];
    console.log(`${name.padEnd(14)} ${(size / KB).toFixed(1).padStart(6)} KB gz${budget ? ` of ${budget / KB}` : ""}`);
    if (budget === undefined) over.push(`${name} has no budget in build.mjs`);
    else if (size > budget) over.push(`${name} is ${(size / KB).toFixed(1)} KB gzipped, its budget is ${budget / KB} KB`);
  }
  return over;
}

function stripLock() {
  const path = join(ROOT, "package-lock.json");
  const lock = JSON.parse(readFileSync(path, "utf8"));
  for (const entry of Object.values(lock.packages)) {
    delete entry.funding;
    delete entry.resolved;
  }
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}

if (process.argv.includes("--strip-lock")) stripLock();
else {
  const over = await buildAll();
  for (const sentence of over) console.error(sentence);
  if (process.argv.includes("--watch")) {
    let timer;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => buildAll().catch((error) => console.error(error.message)), 100);
    };
    for (const folder of ["src", "styles", "icons", "icons.txt"]) if (existsSync(join(ROOT, folder))) watch(join(ROOT, folder), { recursive: true }, again);
  } else if (over.length) process.exit(1);
}
