// Package page writes what a run, a comparison or a plan came to as one HTML file
// that needs nothing else: no network, no other file, no server.
//
//	Summary, playback, what the caller knows → sections of plain HTML, readable without script
//	                                         → Data, as JSON inside the page → charts, heat map,
//	                                           playback and lifelines, drawn by the script (assets)
//
// The page's policy names its one script and its one style by their hashes and
// forbids everything else, so that no name in it can act. Equal runs give equal
// bytes.
//
// The package refuses to know how anything was found: it simulates nothing and
// computes no statistic.
package page
