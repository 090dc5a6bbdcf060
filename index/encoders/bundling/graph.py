"""BERT as an ONNX graph over 8-bit weights, written by hand.

Written, not traced: the graph is the same whatever version of torch is installed, and needs none.
Its tensors are not in the graph's file but in the weight file beside it, a safetensors file: the weights
stand on disk once, both onnxruntime and sentence-transformers read them there, and onnxruntime maps them into
memory instead of copying them.

Most matrices go through DynamicQuantizeMatMul, which rounds the other side of the product to 8 bits as a whole: of
what the attention gives that costs next to nothing, of what a layer norm gives when it is smoothed first. The few
large values behind the GELU would cost the rest their precision, so that the second matrix there goes through
MatMulNBits, which rounds in blocks and takes three times as long.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from index.encoders.bundling.q4 import Shape
from index.encoders.int8 import BLOCK, POSITIONS, PROJECTION, WORDS
from index.errors import EncoderError

CONTRIB = "com.microsoft"
"""Operators of onnxruntime's own."""

EPSILON = 1e-12
"""Of every layer norm, as in the model's configuration."""

OPSET = 17
IR_VERSION = 8


class GraphBuilder:
    """Collect nodes, and the names of the tensors that they need from the weight file, which holds `tensors`."""

    def __init__(self, tensors: Collection[str]) -> None:
        self.tensors = tensors
        self.nodes: list[Any] = []
        self.stored: dict[str, None] = {}
        self.constants: list[Any] = []

    def add(self, operator: str, inputs: Sequence[str], output: str, *more: str, **attributes: Any) -> str:
        """Add a node and return the name of its first output; a contrib operator says ``domain=CONTRIB``."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, list(inputs), [output, *more], name=output, **attributes))
        return output

    def weight(self, name: str) -> str:
        """Ask for a tensor of the weight file, and return its name."""
        self.stored[name] = None
        return name

    def constant(self, name: str, values: Sequence[int]) -> str:
        """Add a short list of whole numbers to the graph itself."""
        from onnx import TensorProto, helper

        self.constants.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def product(self, value: str, name: str, output: str) -> str:
        """Multiply by a matrix that was quantised by columns, smoothing the value first where the file says how."""
        factor = f"{name}.input_factor"
        if factor in self.tensors:
            value = self.add("Mul", [value, self.weight(factor)], f"{output}_in")
        inputs = [value, self.weight(f"{name}.weight"), self.weight(f"{name}.weight_scale")]
        return self.add("DynamicQuantizeMatMul", inputs, output, domain=CONTRIB)

    def product_by_blocks(self, value: str, name: str, columns: int, rows: int, output: str) -> str:
        """Multiply by a matrix of shape (rows, columns) that was quantised by blocks."""
        return self.add(
            "MatMulNBits",
            [value, self.weight(f"{name}.weight"), self.weight(f"{name}.weight_scale")],
            output,
            domain=CONTRIB,
            K=columns,
            N=rows,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,  # round the value to 8 bits as well
        )

    def norm_of_sum(self, value: str, residual: str, prefix: str, output: str) -> str:
        """Add residual and bias, and normalise: the end of both halves of a layer."""
        norm = f"{prefix}.LayerNorm"
        inputs = [value, residual, *map(self.weight, (f"{norm}.weight", f"{norm}.bias", f"{prefix}.dense.bias"))]
        return self.add("SkipLayerNormalization", inputs, output, domain=CONTRIB, epsilon=EPSILON)


def build_graph(shape: Shape, weight_file: Path) -> bytes:
    """Write the model ``(input_ids, attention_mask) -> embedding`` over the tensors of a weight file.

    Inputs are int64 of shape (texts, tokens); the output is float32 of shape (texts, hidden), the
    mean over the tokens of a text, with unit L2 norm. When the weight file holds a projection, a second
    output ``tokens`` of shape (texts, tokens, token dim) has each token's own vector, projected, with unit L2 norm.

    Returns
    -------
    bytes
        The ONNX file; it belongs into the folder of the weight file.
    """
    _, header = read_safetensors_header(weight_file)
    builder = GraphBuilder(header)
    value = _add_embeddings(builder)
    mask = builder.add("Cast", ["attention_mask"], "mask", to=_type("INT32"))
    for layer in range(shape.layers):
        value = _add_layer(builder, shape, layer, value, mask)
    _add_pooling(builder, value)
    token_dim = 0
    if PROJECTION in header:
        token_dim = header[PROJECTION]["shape"][1]
        _add_tokens(builder, value)
    return _serialise(builder, shape, weight_file, token_dim)


def _type(name: str) -> int:
    from onnx import TensorProto

    return int(getattr(TensorProto, name))


def _add_embeddings(builder: GraphBuilder) -> str:
    words = builder.add("Gather", [builder.weight(WORDS), "input_ids"], "words_int8")
    words = builder.add("Cast", [words], "words_float", to=_type("FLOAT"))
    scales = builder.add("Gather", [builder.weight(f"{WORDS}_scale"), "input_ids"], "word_scales")
    words = builder.add("Mul", [words, scales], "words")
    length = builder.add("Shape", ["input_ids"], "length", start=1, end=2)
    start = builder.constant("start", [0])
    places = builder.add("Slice", [builder.weight(POSITIONS), start, length, start], "places")
    total = builder.add("Add", [words, places], "words_and_places")
    norm = [builder.weight(f"embeddings.LayerNorm.{kind}") for kind in ("weight", "bias")]
    return builder.add("LayerNormalization", [total, *norm], "layer_in", axis=-1, epsilon=EPSILON)


def _add_layer(builder: GraphBuilder, shape: Shape, layer: int, value: str, mask: str) -> str:
    prefix, name = f"encoder.layer.{layer}", f"layer{layer}"
    attention = _add_attention(builder, shape, prefix, name, value, mask)
    out = builder.product(attention, f"{prefix}.attention.output.dense", f"{name}_attention_out")
    value = builder.norm_of_sum(out, value, f"{prefix}.attention.output", f"{name}_attended")
    wide = builder.product(value, f"{prefix}.intermediate.dense", f"{name}_wide")
    bias = builder.weight(f"{prefix}.intermediate.dense.bias")
    wide = builder.add("BiasGelu", [wide, bias], f"{name}_gelu", domain=CONTRIB)
    out = builder.product_by_blocks(wide, f"{prefix}.output.dense", shape.intermediate, shape.hidden, f"{name}_narrow")
    return builder.norm_of_sum(out, value, f"{prefix}.output", f"{name}_out")


def _add_attention(builder: GraphBuilder, shape: Shape, prefix: str, name: str, value: str, mask: str) -> str:
    qkv = f"{prefix}.attention.self.qkv"
    joined = builder.product(value, qkv, f"{name}_qkv")
    parts = [f"{name}_{part}" for part in ("query", "key", "value")]
    builder.add("Split", [joined], *parts, axis=-1)
    inputs = [*parts, builder.weight(f"{qkv}.bias"), mask]
    return builder.add("MultiHeadAttention", inputs, f"{name}_attention", domain=CONTRIB, num_heads=shape.heads)


def _add_pooling(builder: GraphBuilder, value: str) -> None:
    """Add up the tokens that the mask shows; the norm makes the division of a mean superfluous."""
    mask = builder.add("Cast", ["attention_mask"], "mask_float", to=_type("FLOAT"))
    mask = builder.add("Unsqueeze", [mask, builder.constant("last", [2])], "mask_column")
    shown = builder.add("Mul", [value, mask], "shown")
    total = builder.add("ReduceSum", [shown, builder.constant("over_tokens", [1])], "total", keepdims=0)
    builder.add("LpNormalization", [total], "embedding", axis=-1, p=2)


def _add_tokens(builder: GraphBuilder, value: str) -> None:
    projected = builder.add("MatMul", [value, builder.weight(PROJECTION)], "projected")
    builder.add("LpNormalization", [projected], "tokens", axis=-1, p=2)


def _serialise(builder: GraphBuilder, shape: Shape, weight_file: Path, token_dim: int) -> bytes:
    from onnx import helper

    texts_by_tokens = ["texts", "tokens"]
    outputs = [helper.make_tensor_value_info("embedding", _type("FLOAT"), ["texts", shape.hidden])]
    if token_dim:
        outputs.append(helper.make_tensor_value_info("tokens", _type("FLOAT"), [*texts_by_tokens, token_dim]))
    graph = helper.make_graph(
        builder.nodes,
        "bert",
        [
            helper.make_tensor_value_info(name, _type("INT64"), texts_by_tokens)
            for name in ("input_ids", "attention_mask")
        ],
        outputs,
        initializer=[*builder.constants, *_point_into(weight_file, list(builder.stored))],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _point_into(weight_file: Path, names: list[str]) -> list[Any]:
    """Return tensors without content that say where in the weight file their content stands."""
    from onnx import TensorProto

    kinds = {"F32": TensorProto.FLOAT, "I8": TensorProto.INT8, "U8": TensorProto.UINT8}
    start, header = read_safetensors_header(weight_file)
    tensors = []
    for name in names:
        first, last = header[name]["data_offsets"]
        tensor = TensorProto(name=name, data_type=kinds[header[name]["dtype"]], dims=header[name]["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": weight_file.name, "offset": start + first, "length": last - first}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        tensors.append(tensor)
    return tensors


def read_safetensors_header(path: Path) -> tuple[int, dict[str, Any]]:
    """Return where the tensors start in a safetensors file, and what its header says of each.

    The file is 8 bytes with the length of the header, the header in JSON, and the tensors; see
    https://huggingface.co/docs/safetensors.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    if not header:
        raise EncoderError(f"{path} holds no tensors")
    return 8 + length, header
