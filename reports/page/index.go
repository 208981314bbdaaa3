package page

import (
	"html/template"
	"io"
	"io/fs"
	"sync"

	"github.com/podsim/podsim/reports"
)

// List is what the index of a server lists.
type List struct {
	Folders []string
	Entries []Entry
	More    bool // than could be looked through
}

// Entry is a report in an index.
type Entry struct {
	Address string // empty if there is nothing to show
	Kind    string
	Name    string
	Verdict string
	Tone    string // pass, fail or plain
	State   string // finished, unfinished, under way
	Folder  string
	Written string // how long ago
}

var indexLayout = layout("index")

// Index writes the index of reports.
func Index(w io.Writer, l *List) error {
	f := frame{Title: "podsim reports", Kind: "reports", Name: reports.Plural(len(l.Entries), "report"), Body: l}
	for _, folder := range l.Folders {
		f.Facts = append(f.Facts, reports.Visible(folder))
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		for _, text := range []*string{&e.Name, &e.Verdict, &e.Folder} {
			*text = reports.Visible(*text)
		}
	}
	return f.write(w, indexLayout())
}

var watchLayout = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(must(fs.Sub(assets, "assets")), "watch.html.tmpl"))
})

// Watch writes a page with another one in a frame, which a server has loaded anew as
// it changes.
func Watch(w io.Writer, name, address string) error {
	return watchLayout().Execute(w, struct {
		Name, Address string
		Style         template.CSS
	}{reports.Visible(name), address, parts().style})
}

// WatchPolicy is the content security policy of what Watch writes.
func WatchPolicy() string {
	return "default-src 'none'; style-src " + source(string(parts().style)) + "; frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
}
