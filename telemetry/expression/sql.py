"""An expression as a condition on rows of `spans`. The only place where Python builds SQL text: of its own words alone,
since every value and every attribute's name is a bound parameter.

`$NEAR` in it is for the .sql file that the condition is placed in (`placed`): where that file looks for the other
spans of a trace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry.expression.fields import KINDS, check, edge_of, of_span
from telemetry.expression.tree import And, Comparison, Expression, Not, Number, Value, comparisons
from telemetry.identity import ServiceId, encode

FAILED = (
    "(status = 2 OR if(flags != '', meshui_class(code, grpc, flags, status, role != 'out') = 'error',"
    " if(grpc >= 0, grpc NOT IN (0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 16), code >= 500)))"
)
"""Whether a span failed: it says so, or it ended in a server's fault. `meshui_class` costs a third as much where it is
asked of spans with a flag only; a test holds the two equal."""
_START = "toUnixTimestamp64Nano(ts)"
_ENTERS = "('in', 'process', 'receive', 'auto')"
_LEAVES = "('out', 'send', 'auto')"


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean SQL expression and the parameters it names."""

    text: str
    params: dict[str, Any]


Resources = Callable[[Condition], Sequence[int]]
"""The ids of the resources whose `attributes` a condition holds for."""


def condition(tree: Expression | None, resources: Resources) -> Condition:
    """What selects the spans that `tree` holds for, all without one. Raises Mistake as `fields.check` does."""
    if tree is None:
        return Condition("1", {})
    check(tree)
    writer = _Writer(resources)
    return Condition(writer.expression(tree), writer.params)


def placed(sql: str, where: Condition, name: str = "MATCH") -> str:
    """A .sql file's text with the condition at `$MATCH` (or another name)."""
    return sql.replace(f"${name}", where.text).replace("$FAILED", FAILED)


def renamed(where: Condition, prefix: str) -> Condition:
    """The same condition with parameters of other names, to stand beside another in one statement."""
    text = where.text
    for name in where.params:
        text = text.replace(f"{{{name}:", f"{{{prefix}{name}:")
    return Condition(text, {f"{prefix}{name}": value for name, value in where.params.items()})


class _Writer:
    """Writes one condition, collecting its parameters."""

    def __init__(self, resources: Resources) -> None:
        self.params: dict[str, Any] = {}
        self._resources = resources

    def expression(self, tree: Expression) -> str:
        if isinstance(tree, Comparison):
            return self._comparison(tree)
        if isinstance(tree, Not):
            return f"NOT ({self.expression(tree.part)})"
        if isinstance(tree, And):
            # The engine reads a column only where those before it held.
            return " AND ".join(f"({self.expression(part)})" for part in sorted(tree.parts, key=_cost))
        return " OR ".join(f"({self.expression(part)})" for part in tree.parts)

    def _bound(self, kind: str, value: Any) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"{{{name}:{kind}}}"

    def _comparison(self, each: Comparison) -> str:
        # `!=` and `!~` are exactly `not`: a span without the field differs from any value.
        if each.operator == "!=":
            return f"NOT ({self._holds(each, '=')})"
        if each.operator == "!~":
            return f"NOT ({self._holds(each, '~')})"
        if each.operator == "in":
            return " OR ".join(f"({self._holds(Comparison(each.name, '=', (value,)), '=')})" for value in each.values)
        return self._holds(each, each.operator)

    def _holds(self, each: Comparison, operator: str) -> str:
        field = of_span(each.name)
        if field is None:
            return self._attribute(each, operator)
        return _FIELDS[field.name](self, operator, each.value)

    def _text(self, column: str, operator: str, value: Value) -> str:
        bound = self._bound("String", value.text)
        return f"match({column}, {bound})" if operator == "~" else f"{column} = {bound}"

    def _service(self, operator: str, value: Value) -> str:
        if operator == "~":
            return self._text("node", operator, value)
        if "/" in value.text:
            return self._text("node", "=", value)
        names = dict.fromkeys((value.text, encode(value.text)))
        # Not has(array, …), which is asked once a span instead of once a distinct node.
        return " OR ".join(f"substringIndex(node, '/', -1) = {self._bound('String', name)}" for name in names)

    def _flag(self, operator: str, value: Value) -> str:
        if operator == "~":
            return self._text("flags", operator, value)
        if not value.text:
            return "flags = ''"
        return f"position(concat(',', flags, ','), concat(',', {self._bound('String', value.text)}, ',')) > 0"

    def _edge(self, operator: str, value: Value) -> str:
        """The called's span below one of the caller's, or the caller's span on its way to the called.

        By hash: the index of trace ids, asked of each granule about thousands of ids, costs ten times what it saves."""
        del operator
        source, target = edge_of(value)
        caller, called = self._bound("String", str(source)), self._bound("String", str(target))
        received = (
            f"node = {called} AND role IN {_ENTERS} AND cityHash64(trace_id, parent_id) IN"
            f" (SELECT cityHash64(trace_id, span_id) FROM spans WHERE node = {caller} AND $NEAR)"
        )
        left = f"node = {caller} AND role IN {_LEAVES} AND ({self._peer(target)})"
        taken = f"node = {called} AND role IN ('process', 'receive') AND ({self._peer(source)})"
        # First by node, so that the rest is asked of few spans.
        return f"node IN ({caller}, {called}) AND (({received}) OR ({left}) OR ({taken}))"

    def _peer(self, of: ServiceId) -> str:
        """The names by which a span's other side may be `of` (rollup/resolve.sql)."""
        if of.namespace == "-" and of.name == "ip":
            return "startsWith(peer, 'ip of ')"
        name, ns = self._bound("String", of.name), self._bound("String", of.namespace)
        return f"peer = {name} AND peer_ns IN ('', {ns}) OR peer = concat({name}, '.', {ns}) AND peer_ns = ''"

    def _extent(self, operator: str, value: Value) -> str:
        ends = f"min({_START}) AS began, max({_START} + duration) AS ended"
        parts = f"SELECT bucket, trace_id, {ends} FROM spans WHERE $NEAR GROUP BY bucket, trace_id"
        has = f"max(p.ended) - min(p.began) {operator} {self._ns(value)}"
        # In two steps, since the inner one is read in key order.
        whole = f"SELECT cityHash64(trace_id) FROM ({parts}) AS p GROUP BY trace_id HAVING {has}"
        return f"cityHash64(trace_id) IN ({whole})"

    def _ns(self, value: Value) -> str:
        return self._bound("Int64", min(2**62, max(-(2**62), round(_number(value).value * 1e6))))

    def _attribute(self, each: Comparison, operator: str) -> str:
        own = self._attributes(each, operator)
        asked = _Writer(self._resources)
        text = asked._attributes(each, operator)
        ids = self._resources(Condition(text, asked.params))
        if not ids:
            # Alone, so that the index of values can be used.
            return own
        return f"{own} OR resource_id IN (SELECT arrayJoin({self._bound('Array(UInt64)', list(ids))}))"

    def _attributes(self, each: Comparison, operator: str) -> str:
        """A test of the column `attributes`, of a span or a resource."""
        name = self._bound("String", each.name.text)
        if operator == "=" and each.value.text:
            return f"attributes[{name}] = {self._bound('String', each.value.text)}"
        if operator in ("=", "~"):
            # An absent key reads as ''.
            return f"mapContains(attributes, {name}) AND {self._text(f'attributes[{name}]', operator, each.value)}"
        bound = self._bound("Float64", _number(each.value).value)
        return f"ifNull(toFloat64OrNull(attributes[{name}]) {operator} {bound}, 0)"


def is_plain(tree: Expression | None) -> bool:
    """Whether the condition reads small columns of the span itself alone, so that it may be asked of every span."""
    return tree is None or _cost(tree) < _COST_OF_ATTRIBUTES


def _cost(tree: Expression) -> int:
    """How dear the dearest comparison is: a column of few values, numbers, attributes, other spans."""
    fields = [of_span(each.name) for each in comparisons(tree)]
    return max(_COST_OF_ATTRIBUTES if field is None else _COSTS.get(field.name, 0) for field in fields)


def _number(value: Value) -> Number:
    number = value.number
    if number is None:
        raise ValueError(f"{value.text!r} is no number")
    return number


_COSTS = {"duration": 1, "status": 2, "edge": 4, "trace.duration": 5}
_COST_OF_ATTRIBUTES = 3
_FIELDS: dict[str, Callable[[_Writer, str, Value], str]] = {
    "service": _Writer._service,
    "operation": lambda w, operator, value: w._text("operation", operator, value),
    "kind": lambda w, _, value: f"kind = {w._bound('UInt8', KINDS.index(value.text))}",
    "status": lambda _, __, value: FAILED if value.text == "error" else f"NOT {FAILED}",
    "duration": lambda w, operator, value: f"duration {operator} {w._ns(value)}",
    "trace.duration": _Writer._extent,
    "flag": _Writer._flag,
    "span.name": lambda w, operator, value: w._text("name", operator, value),
    "version": lambda w, operator, value: w._text("version", operator, value),
    "instance": lambda w, operator, value: w._text("instance", operator, value),
    "edge": _Writer._edge,
}
