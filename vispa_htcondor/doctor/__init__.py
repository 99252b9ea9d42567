"""`vispa doctor`: measure how HTCondor does, say which setting is at fault, and what to write.

`examination` asks and measures. What it finds is judged by functions of plain values, one module
for each question: `latency`, `stuck`, `account`, `eviction`, `endings`.
"""
