package kernel

import "math/bits"

// eventHeap is a 4-ary heap of values. The eight high bits of Seq hold Kind, so
// that (At, Seq) read as one 128-bit number is the whole order.
type eventHeap []Event

func (heap *eventHeap) push(e Event) {
	*heap = append(*heap, e)
	heap.siftUp(e)
}

// pop takes the first event away, of which there is one.
func (heap *eventHeap) pop() {
	last := len(*heap) - 1
	moved := (*heap)[last]
	*heap = (*heap)[:last]
	if last > 0 {
		heap.siftDown(moved)
	}
}

// precedes returns 1 when x comes before y and 0 otherwise. The borrow of a
// 128-bit subtraction compares without a branch, and the branches of a heap
// are what a processor cannot foresee. No time in the heap is negative.
func precedes(x, y *Event) int {
	_, borrow := bits.Sub64(x.Seq, y.Seq, 0)
	_, borrow = bits.Sub64(uint64(x.At), uint64(y.At), borrow)
	return int(borrow)
}

// siftUp moves the hole at the end of the heap up to where e belongs.
func (heap eventHeap) siftUp(e Event) {
	hole := len(heap) - 1
	for hole > 0 {
		parent := (hole - 1) / 4
		if precedes(&e, &heap[parent]) == 0 {
			break
		}
		heap[hole] = heap[parent]
		hole = parent
	}
	heap[hole] = e
}

// siftDown moves the hole at the root down to where e belongs.
func (heap eventHeap) siftDown(e Event) {
	hole := 0
	for {
		first := 4*hole + 1
		if first >= len(heap) {
			break
		}
		least := leastChild(heap, first)
		if precedes(&heap[least], &e) == 0 {
			break
		}
		heap[hole] = heap[least]
		hole = least
	}
	heap[hole] = e
}

// leastChild returns the index of the first event among up to four siblings.
func leastChild(heap eventHeap, first int) int {
	if first+4 > len(heap) {
		least := first
		for i := first + 1; i < len(heap); i++ {
			least += (i - least) * precedes(&heap[i], &heap[least])
		}
		return least
	}
	family := heap[first : first+4 : first+4]
	left := precedes(&family[1], &family[0])
	right := 2 + precedes(&family[3], &family[2])
	return first + left + (right-left)*precedes(&family[right], &family[left])
}
