"""Protobuf messages made of a table: for the few whose Python classes no package carries."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_TYPES = {
    "bytes": Field.TYPE_BYTES, "string": Field.TYPE_STRING, "bool": Field.TYPE_BOOL, "double": Field.TYPE_DOUBLE,
    "int32": Field.TYPE_INT32, "int64": Field.TYPE_INT64, "uint32": Field.TYPE_UINT32, "uint64": Field.TYPE_UINT64,
    "sint32": Field.TYPE_SINT32, "sint64": Field.TYPE_SINT64, "fixed64": Field.TYPE_FIXED64,
}  # fmt: skip

Fields = tuple[tuple[int, str, str], ...]
"""Number, type, name of each field. A type is a scalar's or a message's of the same table; `*` in front: repeated."""


def described(package: str, messages: Mapping[str, Fields], *roots: str) -> tuple[Any, ...]:
    """The classes of `roots`, in their order; proto3. Each call has a pool of its own, so that packages may repeat."""
    file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for message, fields in messages.items():
        made = file.message_type.add(name=message)
        for number, written, name in fields:
            repeated, kind = written.startswith("*"), written.removeprefix("*")
            label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
            field = made.field.add(name=name, number=number, label=label)
            if kind in _TYPES:
                field.type = _TYPES[kind]
            else:
                field.type, field.type_name = Field.TYPE_MESSAGE, f".{package}.{kind}"
    pool = DescriptorPool()
    pool.Add(file)
    return tuple(GetMessageClass(pool.FindMessageTypeByName(f"{package}.{root}")) for root in roots)
