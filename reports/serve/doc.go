// Package serve shows reports that lie below some folders to a browser: an index of
// them, and the page of each, also of those that are still being made.
//
//	folders → find → Report → index
//	                        → renderer → page, made when it is asked for and kept
//
// What a report is, and how its page is made, the caller tells in Kinds: files that
// mark a folder, and functions that read it. Nothing but what was found is ever opened,
// and through os.Root only, so that no path and no link leads out of the folders.
//
// The package refuses to know who may ask: package guard does. It changes no file.
package serve
