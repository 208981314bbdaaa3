package serve

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/podsim/podsim/reports/hostile"
)

// plain is a kind whose page is its file.
func plain(whole, soFar, begun string) Kind {
	read := func(root *os.Root, stage Stage) (string, error) {
		name := whole
		if stage != Finished {
			name = soFar
		}
		text, err := root.ReadFile(name)
		if strings.HasPrefix(string(text), "broken") {
			return "", errors.New("a broken report")
		}
		if strings.HasPrefix(string(text), "panic") {
			panic("a panic")
		}
		return string(text), err
	}
	return Kind{
		Name: whole, Whole: whole, SoFar: soFar, Begun: begun,
		Describe: func(root *os.Root, stage Stage) (Line, error) {
			text, err := root.ReadFile(whole)
			if stage != Finished {
				text, err = root.ReadFile(soFar)
			}
			return Line{Name: "name of " + string(text), Verdict: "verdict of " + string(text), Tone: "pass"}, err
		},
		Page: func(root *os.Root, stage Stage) (func(io.Writer) error, error) {
			text, err := read(root, stage)
			return func(w io.Writer) error {
				_, err := io.WriteString(w, "<p>"+text)
				return err
			}, err
		},
	}
}

func kinds() []Kind {
	return []Kind{plain("whole", "growing", ""), plain("answer", "answer.so-far", "question")}
}

// handler makes files, by name, and serves their folder.
func handler(t *testing.T, files map[string]string) (*Handler, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return New([]Folder{{Name: "some/folder", Root: root}}, kinds()), dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func get(h *Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, http.NoBody))
	return w
}

func TestEveryReportBelowAFolderIsListedAndShown(t *testing.T) {
	h, _ := handler(t, map[string]string{
		"whole": "the top", "a/whole": "first", "a/b/answer": "second", "c/answer.so-far": "third", "d/question": "?", "e/nothing": "",
		"f.partial/whole": "hidden", ".git/whole": "hidden", "deep/1/2/3/4/5/6/7/8/9/whole": "too deep",
	})
	index := get(h, "/").Body.String()
	for _, want := range []string{"5 reports", "name of the top", "verdict of first", "some/folder/a/b", "nothing to show yet", "under way",
		`href="/report/0/a/b"`, `href="/watch/0/c"`, `href="/report/0"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the index has no %s", want)
		}
	}
	for _, hidden := range []string{"hidden", "too deep", "/e"} {
		if strings.Contains(index, "name of "+hidden) || strings.Contains(index, `href="/report/0`+hidden) {
			t.Errorf("the index has %s", hidden)
		}
	}
	for target, want := range map[string]string{"/report/0": "the top", "/report/0/a": "first", "/report/0/a/b": "second", "/report/0/c": "third"} {
		if w := get(h, target); w.Code != http.StatusOK || w.Body.String() != "<p>"+want {
			t.Errorf("%s: %d %q; want %q", target, w.Code, w.Body, want)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	_, dir := handler(t, map[string]string{"inside/a/whole": "first", "secret/whole": "outside", "inside/a/other": "x"})
	root, err := os.OpenRoot(filepath.Join(dir, "inside"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	h := New([]Folder{{Name: "inside", Root: root}}, kinds())
	for link, to := range map[string]string{"inside/out": "../secret", "inside/in": "a", "inside/l/whole": "../../secret/whole"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, link)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.Reports(); n != 1 {
		t.Errorf("%d reports; want 1", n)
	}
	for _, target := range []string{
		"/report/0/..", "/report/0/../secret", "/report/0/a/../../secret", "/report/0/%2e%2e/secret", "/report/0/..%2fsecret", "/report/0/a/", "/report/0/a/whole",
		"/report/0/a/other", "/report/0//a", "/report/1/a", "/report/-1/a", "/report/0/out", "/report/0/in", "/report/0/l", "/report/0/", "/report/0/.", "/report/", "/watch/0/b",
		"/a/whole", "/index.html", "/report/0/a%00", "//", "/report/0/./a",
	} {
		u, err := url.Parse("http://localhost" + target)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: u, Header: make(http.Header)})
		if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "first") || strings.Contains(w.Body.String(), "outside") {
			t.Errorf("%s: %d %q", target, w.Code, w.Body)
		}
	}
}

func TestWhatIsUnderWayIsLoadedAnew(t *testing.T) {
	h, dir := handler(t, map[string]string{"a/growing": "one"})
	if w := get(h, "/"); w.Header().Get("Refresh") == "" {
		t.Error("the index is not loaded anew")
	}
	if w := get(h, "/report/0/a"); w.Body.String() != "<p>one" || w.Header().Get("Refresh") == "" {
		t.Errorf("%q, refresh %q", w.Body, w.Header().Get("Refresh"))
	}
	if w := get(h, "/report/0/a?still"); w.Header().Get("Refresh") != "" {
		t.Error("what is held still is loaded anew")
	}
	if w := get(h, "/watch/0/a"); !strings.Contains(w.Body.String(), `<iframe name="report" src="/report/0/a"`) ||
		!strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-src 'self'") {
		t.Errorf("no frame: %s", w.Body)
	}
	// It ends: the next look finds it, and shows it as it is.
	write(t, filepath.Join(dir, "a/whole"), "two")
	if err := os.Remove(filepath.Join(dir, "a/growing")); err != nil {
		t.Fatal(err)
	}
	h.looked = time.Time{}
	h.pages.pages["0/a"].ended = time.Now().Add(-time.Hour)
	if w := get(h, "/report/0/a"); w.Body.String() != "<p>two" || w.Header().Get("Refresh") != "" {
		t.Errorf("%q, refresh %q", w.Body, w.Header().Get("Refresh"))
	}
	if w := get(h, "/watch/0/a"); w.Code != http.StatusFound || w.Header().Get("Location") != "/report/0/a" {
		t.Errorf("%d to %q; want the page without a frame", w.Code, w.Header().Get("Location"))
	}
	// What nobody has written for long is given up.
	write(t, filepath.Join(dir, "b/growing"), "old")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "b/growing"), old, old); err != nil {
		t.Fatal(err)
	}
	h.looked = time.Time{}
	if w := get(h, "/"); !strings.Contains(w.Body.String(), "unfinished") || w.Header().Get("Refresh") != "" {
		t.Errorf("refresh %q: %s", w.Header().Get("Refresh"), w.Body)
	}
}

// A page of what grows is shown as it was while a newer one is made, and one is not
// made more often than it is worth.
func TestPagesAreMadeInReason(t *testing.T) {
	now := time.Now()
	p := rendering{stamp: "a", ended: now.Add(-10 * time.Second), cost: time.Second}
	if p.due("a", now) {
		t.Error("a page of what has not changed is made again")
	}
	if p.due("b", now) {
		t.Error("a page that takes a second is made again after ten")
	}
	if !p.due("b", now.Add(renderPart*time.Second)) || !new(rendering).due("", now) {
		t.Error("a page that is worth it is not made")
	}
}

func TestWhatTakesLongIsAnnounced(t *testing.T) {
	h, _ := handler(t, map[string]string{"a/whole": "slow"})
	h.pages.one.Lock() // another page is being made
	h.patient = time.Millisecond
	w := get(h, "/report/0/a")
	if w.Code != http.StatusAccepted || w.Header().Get("Refresh") == "" {
		t.Errorf("%d, refresh %q", w.Code, w.Header().Get("Refresh"))
	}
	h.pages.one.Unlock()
	h.patient = time.Hour
	if w := get(h, "/report/0/a"); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestReportsThatCannotBeReadHinderNoOthers(t *testing.T) {
	h, _ := handler(t, map[string]string{"a/whole": "broken", "b/whole": "panic", "c/whole": "sound"})
	for target, want := range map[string]string{"/report/0/a": "a broken report", "/report/0/b": "podsim is at fault: a panic"} {
		if w := get(h, target); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if w := get(h, "/report/0/c"); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPagesAreForgottenWhenThereAreTooMany(t *testing.T) {
	large := strings.Repeat("x", 1000)
	files := make(map[string]string)
	for i := range 6 {
		files[fmt.Sprintf("%d/whole", i)] = large
	}
	h, _ := handler(t, files)
	h.pages.most = 4 * len(large)
	for i := range 6 {
		if w := get(h, fmt.Sprintf("/report/0/%d", i)); w.Code != http.StatusOK || w.Body.Len() != len(large)+3 {
			t.Fatalf("%d, %d bytes", w.Code, w.Body.Len())
		}
	}
	if h.pages.bytes > h.pages.most || len(h.pages.pages) > 4 {
		t.Errorf("%d pages of %d bytes are kept", len(h.pages.pages), h.pages.bytes)
	}
}

func TestNamesOfFoldersAndReportsAreHarmless(t *testing.T) {
	elements := func(h *Handler) string {
		var b strings.Builder
		for z := html.NewTokenizer(get(h, "/").Body); z.Next() != html.ErrorToken; {
			if token := z.Token(); token.Type == html.StartTagToken {
				b.WriteString(token.Data + "\n")
			}
		}
		return b.String()
	}
	h, _ := handler(t, map[string]string{"x/whole": "harmless"})
	want := elements(h)
	for _, name := range hostile.Names {
		folder := name
		if name == "" || strings.ContainsAny(name, "/\x00") || len(name) > 100 || strings.HasPrefix(name, ".") {
			folder = "x"
		}
		h, dir := handler(t, nil)
		if err := os.Mkdir(filepath.Join(dir, folder), 0o777); err != nil {
			t.Logf("%q is no name of a folder here: %v", folder, err)
			continue
		}
		write(t, filepath.Join(dir, folder, "whole"), name)
		if got := elements(h); got != want {
			t.Errorf("%q changes the elements of the index:\n%s\nwant\n%s", name, got, want)
		}
		found, _ := h.look()
		if w := get(h, reportPrefix+found[0].address()); w.Code != http.StatusOK {
			t.Errorf("the report in %q is not found by its address %s: %d", folder, found[0].address(), w.Code)
		}
	}
}

func TestHeadersOfPages(t *testing.T) {
	h, _ := handler(t, map[string]string{"a/whole": "first"})
	for target, want := range map[string]string{"/": "frame-ancestors 'none'", "/report/0/a": "frame-ancestors 'self'"} {
		policy := get(h, target).Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || !strings.HasSuffix(policy, want) || strings.Contains(policy, "unsafe") {
			t.Errorf("%s has policy %q", target, policy)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/report/0/a", http.NoBody))
	if w.Body.Len() > 0 || w.Header().Get("Content-Length") != "8" {
		t.Errorf("HEAD: %q, length %s", w.Body, w.Header().Get("Content-Length"))
	}
}

func TestAReportIsListedOnce(t *testing.T) {
	_, dir := handler(t, map[string]string{"a/b/whole": "first", "c/whole": "second"})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	var folders []Folder
	for _, name := range []string{filepath.Join(dir, "a"), dir, link, dir + "/c/../a"} {
		root, err := os.OpenRoot(name)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		folders = append(folders, Folder{Name: name, Root: root})
	}
	h := New(folders, kinds())
	if n := h.Reports(); n != 2 {
		t.Errorf("%d reports; want 2", n)
	}
	for target, want := range map[string]int{"/report/0/b": http.StatusOK, "/report/1/c": http.StatusOK, "/report/1/a/b": http.StatusNotFound, "/report/2/c": http.StatusNotFound} {
		if w := get(h, target); w.Code != want {
			t.Errorf("%s: %d; want %d", target, w.Code, want)
		}
	}
}

func TestAFileMayDoForAnother(t *testing.T) {
	h, _ := handler(t, map[string]string{"a/less": "log"})
	h.kinds[0].Enough = "less"
	if found, _ := h.look(); len(found) != 1 || found[0].stage != Finished {
		t.Errorf("found %+v; want one that is finished", found)
	}
}
