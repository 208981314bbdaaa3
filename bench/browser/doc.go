// Package browser opens the pages that podsim writes in a real Chromium and uses
// them as a person would: by keyboard, mouse and finger, in both themes, at the
// width of a phone and on paper.
//
//	podsim run -o DIR → DIR/report.html → Chromium, from file:// → what it drew, said and asked for
//
// It is a module of its own, as a browser is driven by packages that podsim has no
// other use for.
package browser
