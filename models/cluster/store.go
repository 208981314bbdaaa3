package cluster

const (
	pageBits = 12
	pageSize = 1 << pageBits
)

// store keeps rows of T by dense id in pages. A page whose rows have all been
// released is given back, so that a long run costs memory for what lives.
type store[T any] struct {
	pages []*page[T]
	next  int32
	gone  T // what a released row reads as
	// emptied is the page that was emptied last: it stays until another one is, so that what
	// follows a removal can read what was removed.
	emptied int32
}

type page[T any] struct {
	rows [pageSize]T
	live int32
}

func (s *store[T]) add() *T {
	id := s.next
	if int(id>>pageBits) == len(s.pages) {
		s.pages = append(s.pages, new(page[T]))
	}
	s.next++
	p := s.pages[id>>pageBits]
	p.live++
	return &p.rows[id&(pageSize-1)]
}

func (s *store[T]) at(id int32) *T {
	p := s.pages[id>>pageBits]
	if p == nil {
		return &s.gone
	}
	return &p.rows[id&(pageSize-1)]
}

// release gives up a row. A page is freed some time after it is full and none of it lives.
func (s *store[T]) release(id int32) {
	p, at := s.pages[id>>pageBits], id>>pageBits
	p.live--
	if p.live > 0 || at == s.next>>pageBits {
		return
	}
	if before := s.pages[s.emptied]; s.emptied != at && before != nil && before.live == 0 {
		s.pages[s.emptied] = nil
	}
	s.emptied = at
}

// restore takes a row back in by its id, in a store whose pages are laid out.
func (s *store[T]) restore(id int32) *T {
	if s.pages[id>>pageBits] == nil {
		s.pages[id>>pageBits] = newPage(s.gone)
	}
	p := s.pages[id>>pageBits]
	p.live++
	return &p.rows[id&(pageSize-1)]
}

// newPage returns a page of rows that read as released.
func newPage[T any](gone T) *page[T] {
	p := new(page[T])
	for i := range p.rows {
		p.rows[i] = gone
	}
	return p
}

func (s *store[T]) has(id int32) bool { return id >= 0 && id < s.next }
