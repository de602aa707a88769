"""Hypothesis strategies: any tree that can be written down."""

from hypothesis import strategies as st

from telemetry.expression.tree import And, Comparison, Expression, Name, Not, Or, Value

NASTY = (
    "'", '"', "\\", "' OR 1=1 --", "{p0:String}", "$NEAR", "$MATCH", "%", "; DROP TABLE spans;", "/*", "\\'", "\0",
    "\n", "))", "`", "→", "\ud7ff", "a" * 300, "\\x27", "${x}", "{", "};", "--", "#", "and", "not", "in", "",
)  # fmt: skip
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")

texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=("Cs",)), max_size=12))
_FIELD_CHARS = st.sampled_from("abcXYZ019._-/:@'\\;{}$%#*+?^|[]→é`")
_bare = st.text(_FIELD_CHARS, min_size=1, max_size=8).filter(lambda t: t.lower() not in ("and", "or", "not", "in"))
names = st.one_of(
    st.builds(Name, texts, st.just(True)),
    st.builds(Name, _bare),
    st.builds(Name, st.sampled_from(("service", "http.route", "android", "order", "not_me"))),
)
values = st.one_of(
    st.builds(Value, texts, st.just(True)),
    st.builds(Value, _bare),
    st.builds(Value, st.sampled_from(("5", "1.5s", "20%", "10k", "-3", "2M", "a=b", "shop/web->shop/cart", "1e3"))),
)


def _grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, several), st.builds(Or, several))


comparisons = st.one_of(
    st.builds(lambda n, o, v: Comparison(n, o, (v,)), names, st.sampled_from(OPERATORS), values),
    st.builds(lambda n, vs: Comparison(n, "in", tuple(vs)), names, st.lists(values, min_size=1, max_size=3)),
)
trees: st.SearchStrategy[Expression] = st.recursive(comparisons, _grown, max_leaves=8)
