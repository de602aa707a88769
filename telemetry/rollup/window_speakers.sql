-- Whether anybody but spans says something of [since, until).
SELECT count() AS others FROM (
  SELECT bucket FROM edges_10s WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND dialect != ''
  UNION ALL
  SELECT bucket FROM nodes_10s WHERE bucket >= {since:DateTime('UTC')} AND bucket < {until:DateTime64(9, 'UTC')} AND dialect != ''
);
