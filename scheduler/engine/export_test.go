package engine

// Shrink bounds what the engine keeps of classes, so that tests see them go.
func (e *Incremental) Shrink(bytes int) { e.classes.budget = bytes }

// AppendKey is appendKey.
var AppendKey = appendKey
