"""Six small services, each behind a real Envoy sidecar, and an Envoy gateway; all report to MeshUI by docs/senders/envoy.md."""
