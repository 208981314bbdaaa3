package serve

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/page"
)

// Handler answers requests for the index, for pages, and for frames that keep pages of
// unfinished reports up to date.
type Handler struct {
	folders []Folder
	kinds   []Kind
	pages   renderer

	mu      sync.Mutex
	looked  time.Time
	found   []report
	more    bool
	lines   map[string]described // by key of the report
	patient time.Duration        // for a page to be made
}

// described is what a report was last described as.
type described struct {
	stamp string
	line  Line
}

// New returns the handler of reports of these kinds in and below these folders. Where a
// folder has files of several kinds, the first counts.
func New(folders []Folder, kinds []Kind) *Handler {
	folders = slices.Clone(folders)
	for i := range folders {
		folders[i] = folders[i].resolved()
	}
	return &Handler{folders: folders, kinds: kinds, pages: renderer{folders: folders, most: keptMost}, lines: make(map[string]described), patient: 20 * time.Second}
}

// Reports returns how many there are now.
func (h *Handler) Reports() int {
	found, _ := h.look()
	return len(found)
}

// lookEvery is how long the folders are not looked through again.
const lookEvery = time.Second

// look returns what there is.
func (h *Handler) look() ([]report, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); now.Sub(h.looked) >= lookEvery {
		h.found, h.more = find(h.folders, h.kinds, now)
		h.looked = time.Now()
	}
	return h.found, h.more
}

// The prefixes of addresses.
const (
	reportPrefix = "/report/"
	watchPrefix  = "/watch/"
)

// ServeHTTP answers a request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Path == "/" {
		h.index(w, r)
		return
	}
	if key, ok := strings.CutPrefix(r.URL.Path, reportPrefix); ok {
		if of := h.named(key); of != nil {
			h.report(w, r, of)
			return
		}
	}
	if key, ok := strings.CutPrefix(r.URL.Path, watchPrefix); ok {
		if of := h.named(key); of != nil {
			h.watch(w, r, of)
			return
		}
	}
	http.Error(w, "there is no such report here", http.StatusNotFound)
}

// named returns the report of a key; nil if there is none.
func (h *Handler) named(key string) *report {
	found, _ := h.look()
	for i := range found {
		if found[i].key() == key {
			return &found[i]
		}
	}
	return nil
}

// index lists what there is.
func (h *Handler) index(w http.ResponseWriter, r *http.Request) {
	found, more := h.look()
	now := time.Now()
	list := page.List{More: more}
	for i := range h.folders {
		list.Folders = append(list.Folders, h.folders[i].Name)
	}
	live := false
	for i := range found {
		live = live || found[i].stage == UnderWay
		list.Entries = append(list.Entries, h.entry(&found[i], now))
	}
	if live {
		w.Header().Set("Refresh", "5")
	}
	h.send(w, r, page.Policy()+"; frame-ancestors 'none'", func(w io.Writer) error { return page.Index(w, &list) })
}

// entry is the row of a report.
func (h *Handler) entry(r *report, now time.Time) page.Entry {
	line := h.describe(r)
	e := page.Entry{Address: reportPrefix + r.address(), Kind: r.kind.Name, Name: line.Name, Verdict: line.Verdict, Tone: line.Tone,
		Folder: h.folders[r.folder].Name, State: "finished"}
	if r.path != "." {
		e.Folder = strings.TrimSuffix(e.Folder, "/") + "/" + r.path
	}
	switch r.stage {
	case UnderWay:
		e.State, e.Address = "under way", watchPrefix+r.address()
	case GivenUp:
		e.State = "unfinished"
	}
	if r.empty {
		e.Address = ""
	}
	e.Written = reports.Duration(reports.Seconds(max(0, now.Sub(r.written).Truncate(time.Second).Seconds()))) + " ago"
	return e
}

// describe says what a report is, and remembers it.
func (h *Handler) describe(r *report) Line {
	if r.empty {
		return Line{Verdict: "nothing to show yet", Tone: "plain"}
	}
	h.mu.Lock()
	had, ok := h.lines[r.key()]
	h.mu.Unlock()
	if ok && had.stamp == r.stamp() {
		return had.line
	}
	line, err := func() (Line, error) {
		root, err := h.folders[r.folder].Root.OpenRoot(r.path)
		if err != nil {
			return Line{}, err
		}
		defer root.Close()
		return r.kind.Describe(root, r.stage)
	}()
	if err != nil {
		line = Line{Verdict: "cannot be read: " + reports.Visible(err.Error()), Tone: "fail"}
	}
	h.mu.Lock()
	h.lines[r.key()] = described{r.stamp(), line}
	h.mu.Unlock()
	return line
}

// report shows the page of a report. While it changes, the browser is told to ask again,
// unless the request says ?still.
func (h *Handler) report(w http.ResponseWriter, r *http.Request, of *report) {
	if of.empty {
		http.Error(w, "there is nothing to show of this yet", http.StatusNotFound)
		return
	}
	timer := time.NewTimer(h.patient)
	defer timer.Stop()
	html, cost, made, err := h.pages.page(*of, timer.C)
	if _, still := r.URL.Query()["still"]; !still && of.stage == UnderWay {
		w.Header().Set("Refresh", strconv.Itoa(refreshAfter(cost)))
	}
	switch {
	case err != nil:
		http.Error(w, "this report cannot be read: "+reports.Visible(err.Error()), http.StatusInternalServerError)
		return
	case !made:
		w.Header().Set("Refresh", "2")
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprintln(w, "This report is being read, and is shown here when that is done.")
		return
	}
	h.send(w, r, page.Policy()+"; frame-ancestors 'self'", func(w io.Writer) error {
		_, err := w.Write(html)
		return err
	})
}

// refreshAfter is after how many seconds a browser asks for a page again that takes so
// long to make.
func refreshAfter(cost time.Duration) int {
	return int(min(max(5*time.Second, renderPart*cost), 2*time.Minute) / time.Second)
}

// watch shows a frame around the page of a report, in which it is loaded anew. What
// does not change any more needs no frame.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request, of *report) {
	if of.stage != UnderWay {
		http.Redirect(w, r, reportPrefix+of.address(), http.StatusFound)
		return
	}
	line := h.describe(of)
	h.send(w, r, page.WatchPolicy()+"; frame-ancestors 'none'", func(w io.Writer) error {
		return page.Watch(w, of.kind.Name+" "+line.Name, reportPrefix+of.address())
	})
}

// send sends a page under a policy.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, policy string, write func(io.Writer) error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		http.Error(w, "this page cannot be made: "+reports.Visible(err.Error()), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}
