-- Nodes whose own side sent metrics in [since, until]: there what callers say counts only of what never arrived.
INSERT INTO fold_servers (dialect, node)
SELECT DISTINCT toString(dialect), target FROM readings FINAL
WHERE why = '' AND side != 'client' AND target != '' AND measure IN ('requests', 'classes', 'completed', 'calls', 'calls_count', 'entered')
  AND sender IN (SELECT sender FROM flushes WHERE bucket BETWEEN {since:DateTime('UTC')} AND {until:DateTime('UTC')});
