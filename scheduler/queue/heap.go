package queue

// heap is a binary heap of slots. Entries know their position, so that any of
// them can be taken out in logarithmic time.
type heap struct {
	slots []int32
	less  func(a, b *entry) bool
	place place
}

func (q *Queue) push(h *heap, slot int32) {
	e := &q.entries[slot]
	e.place = h.place
	h.slots = append(h.slots, slot)
	q.up(h, len(h.slots)-1)
}

// take removes the entry at position i and returns its slot.
func (q *Queue) take(h *heap, i int) int32 {
	slot := h.slots[i]
	last := len(h.slots) - 1
	moved := h.slots[last]
	h.slots = h.slots[:last]
	if i != last {
		h.slots[i] = moved
		q.entries[moved].at = int32(i)
		if !q.down(h, i) {
			q.up(h, i)
		}
	}
	e := &q.entries[slot]
	e.at, e.place = none, nowhere
	return slot
}

func (q *Queue) up(h *heap, i int) {
	slot := h.slots[i]
	e := &q.entries[slot]
	for i > 0 {
		parent := (i - 1) / 2
		p := &q.entries[h.slots[parent]]
		if !h.less(e, p) {
			break
		}
		h.slots[i] = h.slots[parent]
		p.at = int32(i)
		i = parent
	}
	h.slots[i] = slot
	e.at = int32(i)
}

// down reports whether the entry at i moved.
func (q *Queue) down(h *heap, i int) bool {
	start, slot := i, h.slots[i]
	e := &q.entries[slot]
	for {
		child := 2*i + 1
		if child >= len(h.slots) {
			break
		}
		if right := child + 1; right < len(h.slots) &&
			h.less(&q.entries[h.slots[right]], &q.entries[h.slots[child]]) {
			child = right
		}
		c := &q.entries[h.slots[child]]
		if !h.less(c, e) {
			break
		}
		h.slots[i] = h.slots[child]
		c.at = int32(i)
		i = child
	}
	h.slots[i] = slot
	e.at = int32(i)
	return i != start
}
