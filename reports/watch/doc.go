// Package watch shows a run while it goes on: as a screen of a terminal, or as lines where
// there is none.
//
//	operations → Fold.Observe → what happens, moment by moment
//	             Fold.Take    → Frame → Draw → lines of a screen
//
// A Frame is what there is to see at a moment; it shares nothing with the run, so that it can
// be drawn while that goes on. Draw is a function of the frame and of the size of the screen.
//
// The package refuses to know terminals, keys and the clock on the wall.
package watch
