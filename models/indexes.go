package models

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Interval are the indexes from First to Last, both included.
type Interval struct{ First, Last int32 }

// Indexes is a set of completion indexes as ascending intervals between which there
// are gaps.
// Source: pkg/controller/job/indexed_job_utils.go (orderedIntervals).
type Indexes []Interval

// Total returns how many indexes are in the set.
func (s Indexes) Total() int32 {
	var n int32
	for _, i := range s {
		n += i.Last - i.First + 1
	}
	return n
}

// Has reports whether an index is in the set.
func (s Indexes) Has(index int32) bool {
	at := s.from(index)
	return at < len(s) && s[at].First <= index
}

// from returns the position of the first interval that does not end before index.
func (s Indexes) from(index int32) int {
	at, _ := slices.BinarySearchFunc(s, index, func(i Interval, index int32) int { return int(int64(i.Last) - int64(index)) })
	return at
}

// With returns the set with one more index; s itself may be changed.
func (s Indexes) With(index int32) Indexes {
	at := s.from(index)
	switch {
	case at < len(s) && s[at].First <= index:
		return s
	case at > 0 && s[at-1].Last == index-1:
		s[at-1].Last = index
		if at < len(s) && s[at].First == index+1 {
			s[at-1].Last = s[at].Last
			return slices.Delete(s, at, at+1)
		}
		return s
	case at < len(s) && s[at].First == index+1:
		s[at].First = index
		return s
	}
	return slices.Insert(s, at, Interval{index, index})
}

// Common returns how many indexes are in both sets.
func (s Indexes) Common(t Indexes) int32 {
	var n int32
	for i, j := 0, 0; i < len(s) && j < len(t); {
		n += max(0, min(s[i].Last, t[j].Last)-max(s[i].First, t[j].First)+1)
		if s[i].Last < t[j].Last {
			i++
		} else {
			j++
		}
	}
	return n
}

// Below returns the indexes of the set that are below n.
func (s Indexes) Below(n int32) Indexes {
	var out Indexes
	for _, i := range s {
		if i.First < n {
			out = append(out, Interval{i.First, min(i.Last, n-1)})
		}
	}
	return out
}

// String returns the set as Kubernetes writes it: 0,2-4,7.
func (s Indexes) String() string {
	var b []byte
	for _, i := range s {
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(i.First), 10)
		if i.Last > i.First {
			separator := byte('-')
			if i.Last == i.First+1 {
				separator = ','
			}
			b = strconv.AppendInt(append(b, separator), int64(i.Last), 10)
		}
	}
	return string(b)
}

// ParseIndexes reads ascending intervals as Kubernetes writes them, of indexes below
// completions. Source: pkg/apis/batch/validation (validateIndexesFormat).
func ParseIndexes(text string, completions int32) (Indexes, error) {
	var s Indexes
	if text == "" {
		return nil, nil
	}
	last := int64(-1)
	for part := range strings.SplitSeq(text, ",") {
		first, end, ranged := strings.Cut(part, "-")
		from, err := strconv.ParseInt(first, 10, 32)
		to := from
		if err == nil && ranged {
			to, err = strconv.ParseInt(end, 10, 32)
		}
		switch {
		case err != nil || from < 0:
			return nil, fmt.Errorf("cannot read indexes %q; want such as 0,2-4", part)
		case from <= last || ranged && to <= from:
			return nil, fmt.Errorf("indexes %q do not ascend", part)
		case to >= int64(completions):
			return nil, fmt.Errorf("index %d is not below the completions, %d", to, completions)
		}
		if n := len(s); n > 0 && int64(s[n-1].Last) == from-1 {
			s[n-1].Last = int32(to)
		} else {
			s = append(s, Interval{int32(from), int32(to)})
		}
		last = to
	}
	return s, nil
}
