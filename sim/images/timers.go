package images

import "github.com/podsim/podsim/models"

// timers are the flows of which something happens at a known time, in a heap by
// time and then by age.
type timers []*flow

func (t timers) next() models.Time {
	if len(t) == 0 {
		return models.Never
	}
	return t[0].at
}

// fix puts a flow where it belongs after its time has changed.
func (t *timers) fix(f *flow) {
	if f.heap < 0 {
		f.heap = len(*t)
		*t = append(*t, f)
	}
	if !t.up(f.heap) {
		t.down(f.heap)
	}
}

func (t *timers) remove(f *flow) {
	at, last := f.heap, len(*t)-1
	if at < 0 {
		return
	}
	moved := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	f.heap = -1
	if moved != f {
		(*t)[at], moved.heap = moved, at
		t.fix(moved)
	}
}

func (t timers) less(i, j int) bool {
	if t[i].at != t[j].at {
		return t[i].at < t[j].at
	}
	return t[i].seq < t[j].seq
}

func (t timers) swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].heap, t[j].heap = i, j
}

func (t timers) up(i int) (moved bool) {
	for i > 0 && t.less(i, (i-1)/2) {
		t.swap(i, (i-1)/2)
		i, moved = (i-1)/2, true
	}
	return moved
}

func (t timers) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t); child++ {
			if t.less(child, least) {
				least = child
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}
