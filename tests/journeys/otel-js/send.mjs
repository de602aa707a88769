// Two services through OpenTelemetry's JavaScript SDK: `node send.mjs http|proto|grpc URL CALLS`. web asks cart; every fourth call fails.
import { SpanKind, SpanStatusCode, trace, ROOT_CONTEXT } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const [, , protocol, url, calls] = process.argv;
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${protocol}`);

/** @param {string} name */
function service(name) {
  const resource = resourceFromAttributes({ "service.name": name, "service.namespace": "js", "service.version": "v1" });
  return new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })] });
}

const [web, cart] = [service("web"), service("cart")];
for (let n = 0; n < Number(calls); n++) {
  const code = n % 4 === 0 ? 503 : 200;
  const attributes = { "http.request.method": "GET", "http.route": "/cart", "http.response.status_code": code };
  const entry = web.getTracer("t").startSpan("GET /cart", { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
  const client = web.getTracer("t").startSpan("GET", { kind: SpanKind.CLIENT, attributes }, trace.setSpan(ROOT_CONTEXT, entry));
  const server = cart.getTracer("t").startSpan("GET /cart", { kind: SpanKind.SERVER, attributes }, trace.setSpan(ROOT_CONTEXT, client));
  for (const span of [server, client, entry]) {
    if (code >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }
}
await web.shutdown();
await cart.shutdown();
