-- What words of senders mean, one meaning for views of every signal; number 0, since all of them use it.

-- Other names of the cluster that MeshUI is in (MESHUI_HOME_CLUSTER), besides Istio's `Kubernetes`: written when the engine opens
-- (telemetry/engine/home.py).
CREATE TABLE IF NOT EXISTS home_clusters (name String, home UInt8) ENGINE = Join(ANY, LEFT, name);

-- A cluster as it stands in an id: '' at home.
CREATE OR REPLACE FUNCTION meshui_cluster AS cluster -> if(cluster = 'Kubernetes' OR joinGet('home_clusters', 'home', toString(cluster)), '', cluster);

-- What a cluster's name says (mesh-telemetry.md §1.8): that it is this workload itself; which service it is, `name.namespace.svc`
-- where it tells both, '' for the plumbing of a mesh.
CREATE OR REPLACE FUNCTION meshui_inward AS cluster -> match(cluster, '^(inbound[|]|InboundPassthroughCluster|kri_dp_|local([^a-zA-Z]|$)|localhost)');
CREATE OR REPLACE FUNCTION meshui_called AS cluster -> replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(
  replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(cluster,
  '^(PassthroughCluster|BlackHoleCluster|connect_originate|inner_connect_originate|outer_connect_originate|main_internal|encap)$', ''),
  '^(?:outbound|inbound-vip)[|][^|]*[|][^|]*[|]', ''),
  '^outbound_[.][0-9]+_[.][^_]*_[.]', ''),
  '^(?:.*~)?(?:[^.~]+[.])?([^.~]+)[.]([^.]+)[.][^.]+[.][^.]+[.]internal-v[0-9]+[.].*[.]consul$', '\\1.\\2.svc.consul'),
  '^(?:.*~)?(?:[^.~]+[.])?([^.~]+)[.]([^.]+)[.][^.]+[.]internal[.].*[.]consul$', '\\1.\\2.svc.consul'),
  '^([^.]+)[.]default[.]svc[.]consul$', '\\1'),
  '^(?:([^_]+)_([^_]+)_svc_[0-9].*|[^_]+_([^_]+)_([^_]+)_[^_]*_msvc_.*)$', '\\1\\3.\\2\\4.svc'),
  '^kri_msvc_[^_]*_[^_]*_([^_]*)_([^_]+)_.*$', '\\2.\\1.svc');
-- Who a SPIFFE name is: a service account (`default` names nobody), a service of Consul or Kuma.
CREATE OR REPLACE FUNCTION meshui_certified AS san -> replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(replaceRegexpOne(san,
  '^[^,]*/sa/default(,.*)?$', ''),
  '^spiffe://[^/,]+/ns/([^/,]+)/sa/([^/,]+)(,.*)?$', '\\2.\\1.svc'),
  '^spiffe://[^/,]+(?:/ap/[^/,]+)?/ns/([^/,]+)/dc/[^/,]+/svc/([^/,]+)(,.*)?$', '\\2.\\1.svc'),
  '^spiffe://[^/,]+/([^_/,]+)_([^_/,]+)_svc_[0-9]+(,.*)?$', '\\1.\\2.svc'),
  '^.*[:/].*$', '');
CREATE OR REPLACE FUNCTION meshui_control AS cluster -> match(cluster, '^(xds-grpc|sds-grpc|prometheus_stats|agent|zipkin|opentelemetry.*)$');

-- A name without the namespace it repeats; a pod's name without what its controller added.
CREATE OR REPLACE FUNCTION meshui_bare AS (name, ns) -> if(ns != '' AND endsWith(name, concat('.', ns)), substring(name, 1, length(name) - length(ns) - 1), name);
CREATE OR REPLACE FUNCTION meshui_of_pod AS pod -> replaceRegexpOne(pod, '^(.+?)(-[bcdfghjklmnpqrstvwxz2456789]{5,10})?-([bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]+)$', '\\1');

-- A gRPC status by number or by name, in any case, -1 for none; what gRPC libraries make of a call that HTTP refused.
-- let STATUS_NAMES = ['OK', 'CANCELLED', 'CANCELED', 'UNKNOWN', 'INVALIDARGUMENT', 'DEADLINEEXCEEDED', 'NOTFOUND', 'ALREADYEXISTS', 'PERMISSIONDENIED', 'RESOURCEEXHAUSTED', 'FAILEDPRECONDITION', 'ABORTED', 'OUTOFRANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATALOSS', 'UNAUTHENTICATED', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16']
-- let STATUS_NUMBERS = [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
CREATE OR REPLACE FUNCTION meshui_grpc AS text ->
  transform(replaceAll(upper(extract(text, '^ *([0-9]{1,2}|[A-Za-z_]+)(?:[.]0*)? *$')), '_', ''), $STATUS_NAMES, $STATUS_NUMBERS, -1);
CREATE OR REPLACE FUNCTION meshui_grpc_of_http AS code ->
  transform(toInt32(code), [400, 401, 403, 404, 429, 502, 503, 504], [13, 16, 7, 12, 14, 14, 14, 14], 2);
-- An HTTP status as text, 0 for none.
CREATE OR REPLACE FUNCTION meshui_code AS text -> toUInt16OrZero(extract(text, '^ *([0-9]{1,3})(?:[.]0*)? *$'));
