"""The comparison: programs that do the same behind the same nginx, under the same load, in turn."""
