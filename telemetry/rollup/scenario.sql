-- What a demo mesh says it is playing: its newest log record of the last 30 s, one row or none. Reads logs by bucket.
SELECT body FROM logs
WHERE bucket >= {since:DateTime('UTC')} AND scope = 'meshui.demo' AND attributes['event.name'] = 'meshui.demo.scenario'
ORDER BY bucket DESC, ts DESC
LIMIT 1
