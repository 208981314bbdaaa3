package kubectl

import "container/list"

// recent is a map that forgets what was longest not asked for once it is full.
type recent[K comparable, V any] struct {
	most  int
	order *list.List // of K, the newest first
	index map[K]*list.Element
	value map[K]V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most, list.New(), make(map[K]*list.Element), make(map[K]V)}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	at := r.index[key]
	if at == nil {
		return value, false
	}
	r.order.MoveToFront(at)
	return r.value[key], true
}

func (r *recent[K, V]) put(key K, value V) {
	if at := r.index[key]; at != nil {
		r.order.MoveToFront(at)
		r.value[key] = value
		return
	}
	r.index[key], r.value[key] = r.order.PushFront(key), value
	if r.order.Len() > r.most {
		r.drop(r.order.Back().Value.(K))
	}
}

func (r *recent[K, V]) drop(key K) {
	if at := r.index[key]; at != nil {
		r.order.Remove(at)
		delete(r.index, key)
		delete(r.value, key)
	}
}
