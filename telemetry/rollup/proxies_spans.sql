-- What Envoys said in their spans lately, one row a node: of its newest spans, 200,000 at most, by (bucket). Envoys of Istio are left
-- out: nobody writes their configuration by hand.
SELECT node, countIf(version != '') > 0 AS versioned, countIf(instance != '') > 0 AS instanced,
  countIf(role = 'auto') AS undecided, countIf(role IN ('in', 'out') AND arrived != 0) AS connected, countIf(tls != 'unknown') AS secured,
  countIf(code = 403) AS refused, countIf(code = 403 AND mapContains(attributes, 'response_code_details')) AS explained,
  countIf(protocol = 'grpc') AS grpc
FROM (
  SELECT node, version, instance, role, tls, arrived, code, protocol, attributes
  FROM spans
  WHERE bucket >= {since:DateTime('UTC')} AND proxy AND scope = 'envoy' AND NOT mapContains(attributes, 'istio.canonical_service')
  ORDER BY bucket DESC
  LIMIT 200000
)
GROUP BY node;
