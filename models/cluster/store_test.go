package cluster

import "testing"

// TestPagesAreFreedOneLate keeps what was released last readable, so that those who hear of
// a removal still see what is gone.
func TestPagesAreFreedOneLate(t *testing.T) {
	s := store[int]{gone: -1}
	for i := range 3*pageSize + 1 {
		*s.add() = i
	}
	release := func(page int32) {
		for i := range int32(pageSize) {
			s.release(page*pageSize + i)
		}
	}
	expect := func(page int32, want int) {
		t.Helper()
		if got := *s.at(page*pageSize + 1); got != want {
			t.Errorf("a row of page %d reads as %d; want %d", page, got, want)
		}
	}
	release(1)
	expect(1, pageSize+1)
	release(0)
	expect(1, -1)
	expect(0, 1)
	release(2)
	expect(0, -1)
	expect(2, 2*pageSize+1)
	if s.release(3 * pageSize); s.pages[3] == nil {
		t.Error("the page is freed to which the next row goes")
	}
}
