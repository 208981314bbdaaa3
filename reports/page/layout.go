package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"sync"
)

// File is the name of a page in the folder of what it tells of.
const File = "report.html"

//go:embed assets
var assets embed.FS

// Policy is the content security policy of every page: its one style, its one script,
// pictures inside it, and nothing else. A server may send it as a header, too.
func Policy() string { return parts().policy }

// joined are the style and the script that all pages share.
type joined struct {
	style  template.CSS
	script template.JS
	policy string
}

var parts = sync.OnceValue(func() joined {
	style := join("assets/vendor/uplot/uPlot.min.css", "assets/css")
	script := join("assets/vendor/uplot/uPlot.iife.min.js", "assets/js")
	return joined{template.CSS(style), template.JS(script), "default-src 'none'; script-src " + source(script) + "; style-src " + source(style) +
		"; img-src data:; base-uri 'none'; form-action 'none'"}
})

// join puts the files of a folder behind another file, in the order of their names.
func join(first, folder string) string {
	text := must(assets.ReadFile(first))
	for _, file := range must(assets.ReadDir(folder)) {
		text = append(append(text, '\n'), must(assets.ReadFile(folder+"/"+file.Name()))...)
	}
	return string(text)
}

// must panics where the program was built without a file of its own.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// source names a text by its hash, as policies do.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// frame is what surrounds the sections of a page.
type frame struct {
	Title string // of the window
	Kind  string // run, comparison or plan
	Name  string
	Facts []string // a line of them under the name
	Nav   []link
	Data  any // for the script, nil if it has nothing to draw
	Body  any // what the templates of the kind fill their sections from

	// Filled in by write.
	Policy string
	Style  template.CSS
	Script template.JS
}

// link leads to a section.
type link struct{ ID, Title string }

// layout returns the template of a kind of page: the frame, with the blocks of the file
// of that kind.
func layout(kind string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		return template.Must(template.ParseFS(must(fs.Sub(assets, "assets")), "base.html.tmpl", "overtime.html.tmpl", kind+".html.tmpl"))
	})
}

// write writes the page.
func (f *frame) write(w io.Writer, layout *template.Template) error {
	p := parts()
	f.Policy, f.Style, f.Script = p.policy, p.style, p.script
	return layout.ExecuteTemplate(w, "page", f)
}

// anchors gives sections names of their own that can stand in an address.
type anchors map[string]int

func (a anchors) name(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	name := "at-" + strings.Trim(b.String(), "-")
	a[name]++
	if n := a[name]; n > 1 {
		name += "-" + strings.Repeat("i", n)
	}
	return name
}
