"""Six small services, each behind a real Envoy, and an Envoy gateway, configured as docs/senders/envoy.md says."""
