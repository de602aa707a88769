-- Other names of the cluster that MeshUI is in (MESHUI_HOME_CLUSTER), besides Istio's `Kubernetes`: written when the engine opens
-- (telemetry/engine/home.py). Number 0, since views of every signal ask it for each row.
CREATE TABLE IF NOT EXISTS home_clusters (name String, home UInt8) ENGINE = Join(ANY, LEFT, name);

-- A cluster as it stands in an id: '' at home.
CREATE OR REPLACE FUNCTION meshui_cluster AS cluster -> if(cluster = 'Kubernetes' OR joinGet('home_clusters', 'home', toString(cluster)), '', cluster);
