package kubescheduler

import "slices"

// Shrink leaves out steps of a world as long as the two schedulers differ, and
// returns what remains with its difference. It tries larger pieces first.
func Shrink(w World) (World, *Difference) {
	difference := differs(&w)
	if difference == nil {
		return w, nil
	}
	for size := len(w.Steps) / 2; size >= 1; {
		removed := false
		for at := 0; at < len(w.Steps); {
			smaller := w
			smaller.Steps = slices.Delete(slices.Clone(w.Steps), at, min(at+size, len(w.Steps)))
			if d := differs(&smaller); d != nil {
				w, difference, removed = smaller, d, true
			} else {
				at += size
			}
		}
		if !removed || size > 1 {
			size /= 2
		}
	}
	return w, difference
}

// differs returns the first difference of a lawful world.
func differs(w *World) *Difference {
	difference, err := Compare(w, nil)
	if err != nil {
		return nil
	}
	return difference
}
