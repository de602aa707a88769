"""The demo's shop, as data: 15 services in five namespaces, four databases, a cache, a queue and a payment API."""

from meshui.demo.topology import Call, External, Mesh, Operation, Queue, Route, Service, Store, Target, Version

GATEWAY = Service("edge", "ingress-gateway", operations=(), slots=64)

WEB = Service(
    "shop",
    "web",
    slots=14,
    language="nodejs",
    operations=(
        Operation(
            "GET /",
            ms=6,
            step="render home",
            calls=(
                (
                    Call("shop/catalog", "GET /products", timeout_s=1.0),
                    Call("shop/reco", "GET /recommendations", timeout_s=0.8, optional=True),
                    Call("shop/cart", "GET /cart/{user}", chance=0.35, timeout_s=1.0),
                ),
            ),
        ),
        Operation(
            "GET /product/{id}",
            ms=5,
            missing=0.01,
            step="render product",
            calls=(
                (
                    Call("shop/catalog", "GET /products/{id}", timeout_s=1.0),
                    Call("shop/reco", "GET /recommendations", timeout_s=0.8, optional=True, chance=0.6),
                ),
            ),
        ),
        Operation("GET /search", ms=4, calls=((Call("shop/search", "GET /search", timeout_s=1.5),),)),
        Operation("POST /cart", ms=4, calls=((Call("shop/cart", "POST /cart/{user}/items", timeout_s=1.0),),)),
        Operation("GET /cart", ms=4, calls=((Call("shop/cart", "GET /cart/{user}", timeout_s=1.0),),)),
        Operation("POST /checkout", ms=6, calls=((Call("shop/checkout", "POST /checkout", timeout_s=3.0),),)),
    ),
)

CATALOG = Service(
    "shop",
    "catalog",
    slots=1.6,
    language="java",
    conventions="old",
    operations=(
        Operation("GET /products", ms=27, calls=((Call("shop/catalog-db", "SELECT products"),),)),
        Operation(
            "GET /products/{id}",
            ms=22,
            missing=0.004,
            calls=(
                (Call("shop/catalog-db", "SELECT products"),),
                (Call("shop/catalog-db", "SELECT prices", chance=0.5),),
            ),
        ),
    ),
)

CART = Service(
    "shop",
    "cart",
    slots=4,
    language="go",
    versions=(Version("v1", 0.9, 3), Version("v2", 0.1, 1)),
    operations=(
        Operation("GET /cart/{user}", ms=4, calls=((Call("shop/cart-redis", "HGETALL"),),)),
        Operation(
            "POST /cart/{user}/items",
            ms=6,
            calls=((Call("shop/cart-redis", "HSET"),), (Call("shop/cart-redis", "EXPIRE"),)),
        ),
    ),
)

CHECKOUT = Service(
    "shop",
    "checkout",
    slots=8,
    language="java",
    operations=(
        Operation(
            "POST /checkout",
            ms=12,
            step="place order",
            calls=(
                (Call("shop/cart", "GET /cart/{user}", timeout_s=1.0), Call("shop/inventory", "POST /reservations")),
                (Call("payments/payments", "POST /payments", timeout_s=1.0, retries=1),),
                (Call("shop/orders", "POST /orders"),),
            ),
        ),
    ),
)

ORDERS = Service(
    "shop",
    "orders",
    slots=6,
    language="dotnet",
    operations=(
        Operation(
            "POST /orders",
            ms=8,
            calls=((Call("shop/orders-db", "INSERT orders"),), (Call("kafka/orders.placed", "send"),)),
        ),
    ),
)

INVENTORY = Service(
    "shop",
    "inventory",
    slots=5,
    language="go",
    operations=(
        Operation(
            "POST /reservations",
            ms=5,
            calls=((Call("shop/orders-db", "UPDATE stock"),), (Call("shop/catalog", "GET /products/{id}"),)),
        ),
    ),
)

RECO = Service(
    "shop",
    "reco",
    slots=8,
    versions=(Version("v1", 0.8, 2), Version("v2", 0.2, 1)),
    operations=(
        Operation(
            "GET /recommendations",
            ms=11,
            calls=((Call("ml/ranker", "ml.Ranker/Rank", timeout_s=0.4, retries=1),),),
        ),
    ),
)

SEARCH = Service(
    "shop",
    "search",
    slots=5,
    language="java",
    operations=(
        Operation(
            "GET /search",
            ms=18,
            sigma=0.6,
            calls=((Call("ml/ranker", "ml.Ranker/Rank", timeout_s=0.4, chance=0.7, optional=True),),),
        ),
    ),
)

RANKER = Service(
    "ml",
    "ranker",
    slots=4,
    grpc=True,
    operations=(Operation("ml.Ranker/Rank", ms=16, sigma=0.5),),
)

PAYMENTS = Service(
    "payments",
    "payments",
    slots=8,
    language="java",
    operations=(
        Operation(
            "POST /payments",
            ms=9,
            step="authorise",
            calls=(
                (Call("payments/fraud", "payments.Fraud/Score", timeout_s=0.5),),
                (Call("api.stripe.com", "POST /v1/payment_intents", timeout_s=4.0),),
                (Call("payments/ledger", "payments.Ledger/Post", timeout_s=0.25, retries=2),),
            ),
        ),
    ),
)

FRAUD = Service(
    "payments",
    "fraud",
    slots=4,
    grpc=True,
    versions=(Version("2.3", 0.7, 2), Version("2.4", 0.3, 1)),
    operations=(Operation("payments.Fraud/Score", ms=34, sigma=0.6),),
)

LEDGER = Service(
    "payments",
    "ledger",
    slots=10,
    language="go",
    grpc=True,
    operations=(Operation("payments.Ledger/Post", ms=7, calls=((Call("payments/ledger-db", "INSERT entries"),),)),),
)

AUTH = Service(
    "platform",
    "auth",
    slots=4,
    language="go",
    conventions="old",
    operations=(
        Operation("GET /verify", ms=2.5, calls=((Call("platform/users-db", "SELECT sessions", chance=0.7),),)),
        Operation("GET /users/{id}", ms=3, calls=((Call("platform/users-db", "SELECT users"),),)),
    ),
)

MAIL = Service(
    "platform",
    "mail",
    slots=4,
    operations=(Operation("process orders.placed", ms=24, calls=((Call("platform/auth", "GET /users/{id}"),),)),),
)

_TARGETS: tuple[Target, ...] = (
    *(WEB, CATALOG, CART, CHECKOUT, ORDERS, INVENTORY, RECO, SEARCH, RANKER, PAYMENTS, FRAUD, LEDGER, AUTH, MAIL),
    Store("shop", "catalog-db", "postgresql", 5432, ms=2.2, slots=12),
    Store("shop", "orders-db", "postgresql", 5432, ms=3.5, slots=8),
    Store("payments", "ledger-db", "postgresql", 5432, ms=3.0, slots=6),
    Store("platform", "users-db", "mysql", 3306, ms=1.1, slots=8),
    Store("shop", "cart-redis", "redis", 6379, ms=0.6, slots=16),
    Queue("kafka", "orders.placed", "platform/mail", "process orders.placed"),
    External("api.stripe.com", ms=150, declined=0.02),
)

SHOP = Mesh(
    gateway=GATEWAY,
    front="shop/web",
    auth=Call("platform/auth", "GET /verify", timeout_s=1.0),
    routes=(
        Route(28, "GET /", signed_in=0.3),
        Route(34, "GET /product/{id}", signed_in=0.3),
        Route(12, "GET /search"),
        Route(10, "POST /cart", signed_in=1.0),
        Route(6, "GET /cart", signed_in=1.0),
        Route(10, "POST /checkout", signed_in=1.0),
    ),
    targets={each.id: each for each in _TARGETS},
)
