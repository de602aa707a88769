"""Someone set PeerAuthentication to permissive and a DestinationRule to DISABLE: reco talks to ranker in the clear."""

from meshui.demo.scenario import Fault, Scenario

PLAINTEXT_EDGE = Scenario(
    "plaintext-edge",
    "reco calls ranker without mutual TLS.",
    faults=(Fault("ml/ranker", source="shop/reco", plaintext=True),),
)
