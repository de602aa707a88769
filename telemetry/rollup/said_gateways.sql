-- Nobody reports what a gateway receives: it is what the gateway itself sends on or answers (mesh-telemetry.md §1.5).
INSERT INTO fold_said (bucket, dialect, rank, side, source, target, protocol, class, code, flags, flag_n, arrived, n, latency, duration_ms, until, interval_s)
SELECT bucket, dialect, any(g.rank), 'server', '', source, protocol, class, code, flags, sum(g.flag_n), -1, sum(g.n), sumMap(g.latency), sum(g.duration_ms), max(g.until), max(g.interval_s)
FROM fold_said AS g WHERE side = 'client' AND source_kind = 'gateway' AND protocol != 'tcp'
GROUP BY bucket, dialect, source, protocol, class, code, flags;
