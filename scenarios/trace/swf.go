package trace

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/podsim/podsim/models"
)

// The columns of the Standard Workload Format that become part of a row. All are
// numbers, -1 being unknown.
// Source: Chapin et al., Benchmarks and Standards for the Evaluation of Parallel
// Job Schedulers (JSSPP 1999), and version 2.2 of the format of the Parallel
// Workloads Archive.
const (
	swfJob             = 0
	swfSubmit          = 1
	swfRunTime         = 3
	swfProcessors      = 4
	swfMemory          = 6 // KB a processor
	swfAskedProcessors = 7
	swfAskedMemory     = 9 // KB a processor
	swfStatus          = 10
	swfUser            = 11
	swfGroup           = 12
	swfQueue           = 14
	swfPartition       = 15
)

var swfColumns = [...]string{
	"job_number", "submit_time", "wait_time", "run_time", "allocated_processors", "average_cpu_time", "used_memory",
	"requested_processors", "requested_time", "requested_memory", "status", "user", "group", "application", "queue",
	"partition", "preceding_job", "think_time",
}

// swfLabels are the columns that become labels of the same name.
var swfLabels = [...]int{swfStatus, swfUser, swfGroup, swfQueue, swfPartition}

// swfBase is what the names of jobs begin with.
const swfBase = "swf"

// swf reads parallel jobs in the Standard Workload Format. Each becomes a Job of
// as many pods as it had processors, all of which run as long as it ran.
type swf struct {
	r      *Reader
	text   []byte // of the line
	fields [][]byte
	starts []int // of the fields in the text

	// The shape of the row before, by what it is made of.
	key   swfKey
	shape Shape
}

type swfKey struct {
	processors, mib int64
	labels          [len(swfLabels)]int64
}

func (s *swf) columns() []string {
	return []string{timeColumn, nameColumn, kindColumn, countColumn, "cpu", "memory", runTimeColumn, labelsColumn}
}

func (s *swf) begin() bool { return true }

func (s *swf) rowName() string { return "jobs" }

func (s *swf) next(row *Row) (outcome, bool) {
	line, ok := s.r.nextText()
	if !ok {
		return noRow, false
	}
	if s.text = line; bytes.TrimSpace(line)[0] == ';' {
		return noRow, true
	}
	s.split()
	if len(s.fields) != len(swfColumns) {
		s.r.blame(wholeRow, "", "row has %d of %d columns", len(s.fields), len(swfColumns))
		return noRow, true
	}
	before := len(s.r.problems)
	key, left := s.job(row)
	if len(s.r.problems) > before {
		return noRow, true
	}
	if left != "" {
		s.r.leaveOut(s.rowName(), left)
		return noRow, true
	}
	if s.r.rows == 0 || key != s.key {
		s.key, s.shape = key, key.shape()
	}
	row.Shape = s.r.intern(&s.shape)
	return isRow, true
}

// split cuts the line at white space.
func (s *swf) split() {
	s.fields, s.starts = s.fields[:0], s.starts[:0]
	start := -1
	for i := 0; i <= len(s.text); i++ {
		space := i == len(s.text) || s.text[i] == ' ' || '\t' <= s.text[i] && s.text[i] <= '\r'
		switch {
		case space && start >= 0:
			s.fields, s.starts = append(s.fields, s.text[start:i]), append(s.starts, start)
			start = -1
		case !space && start < 0:
			start = i
		}
	}
}

// job reads one job. left says why it is left out, if it is.
func (s *swf) job(row *Row) (key swfKey, left string) {
	number := s.whole(swfJob, math.MaxInt32-2)
	submit, run := s.time(swfSubmit), s.time(swfRunTime)
	key.processors = s.first(swfProcessors, swfAskedProcessors)
	kib := s.first(swfAskedMemory, swfMemory)
	for i, column := range swfLabels {
		key.labels[i] = s.whole(column, math.MaxInt64)
	}
	for i := range s.fields {
		if _, err := strconv.ParseFloat(string(s.fields[i]), 64); err != nil && !s.isRead(i) {
			s.blame(i, "got %q; want a number", cut(string(s.fields[i])))
		}
	}
	switch limit := s.r.options.Limits.Count; {
	case number < 0:
		s.blame(swfJob, "got %s; want the number of the job", s.fields[swfJob])
		return key, ""
	case key.processors > limit:
		s.r.blame(wholeRow, "", "job of %d processors; want at most %d", key.processors, limit)
		return key, ""
	case kib > math.MaxInt64>>10:
		s.r.blame(wholeRow, "", "memory of %d KB is too large", kib)
		return key, ""
	}
	key.mib = (max(kib, 0) + 1023) / 1024
	row.At, row.RunTime = models.Time(submit), run
	row.Base, row.Number = s.r.base(swfBase), int32(number)
	if !s.r.names.take("", "", row.Base, row.Number, row.At, models.Never) {
		s.blame(swfJob, "job %d stands above already", number)
	}
	switch {
	case submit < 0:
		return key, "are left out: their submit time is unknown"
	case key.processors <= 0:
		return key, "are left out: they had no processors, or their number is unknown"
	case run < 0:
		return key, "are left out: their run time is unknown"
	}
	return key, ""
}

// isRead reports whether a column has been checked on its own.
func (s *swf) isRead(column int) bool {
	switch column {
	case swfJob, swfSubmit, swfRunTime, swfProcessors, swfAskedProcessors, swfMemory, swfAskedMemory,
		swfStatus, swfUser, swfGroup, swfQueue, swfPartition:
		return true
	}
	return false
}

// shape of a job: a processor is a core, and memory counts whole MiB, so that few
// shapes arise.
func (k *swfKey) shape() Shape {
	s := Shape{Kind: "Job", Count: int32(k.processors), Ends: true}
	pairs := [][2]string{{"cpu", "1"}}
	if k.mib > 0 {
		pairs = append(pairs, [2]string{"memory", strconv.FormatInt(k.mib, 10) + "Mi"})
	}
	s.Requests = NewPairs(pairs...)
	pairs = nil
	for i, column := range swfLabels {
		if k.labels[i] >= 0 {
			pairs = append(pairs, [2]string{swfColumns[column], strconv.FormatInt(k.labels[i], 10)})
		}
	}
	s.Labels = NewPairs(pairs...)
	return s
}

// first returns the first of two numbers that is known and not 0.
func (s *swf) first(column, other int) int64 {
	a, b := s.whole(column, math.MaxInt64), s.whole(other, math.MaxInt64)
	if a > 0 {
		return a
	}
	return b
}

// whole reads a whole number, -1 if it is unknown. Decimals that are 0 are taken.
func (s *swf) whole(column int, most int64) int64 {
	text := s.fields[column]
	if n, ok := smallNumber(text); ok && n <= most {
		return n
	}
	digits, decimals, _ := strings.Cut(string(text), ".")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < -1 || n > most || strings.Trim(decimals, "0") != "" {
		s.blame(column, "got %q; want a whole number, or -1 for unknown", cut(string(text)))
		return -1
	}
	return n
}

// time reads a time in seconds, negative if it is unknown.
func (s *swf) time(column int) time.Duration {
	text := s.fields[column]
	if n, ok := smallNumber(text); ok {
		return time.Duration(n) * time.Second
	}
	if string(text) == "-1" || strings.Trim(strings.TrimPrefix(string(text), "-1."), "0") == "" {
		return -1
	}
	if strings.Trim(string(text), "0123456789.") != "" {
		s.blame(column, "got %q; want seconds, or -1 for unknown", cut(string(text)))
		return -1
	}
	d, err := seconds(string(text))
	if err != nil {
		s.blame(column, "%v", err)
		return -1
	}
	return d
}

// smallNumber reads up to nine digits.
func smallNumber(text []byte) (int64, bool) {
	if len(text) > 9 || len(text) == 0 {
		return 0, false
	}
	n := int64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func (s *swf) blame(column int, format string, args ...any) {
	s.r.blame(1+utf8.RuneCount(s.text[:s.starts[column]]), swfColumns[column], format, args...)
}
