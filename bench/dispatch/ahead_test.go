package dispatch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// double refuses negative numbers.
func double(_ context.Context, q int) (int, error) {
	if q < 0 {
		return 0, errors.New("negative")
	}
	return 2 * q, nil
}

func TestAnswersDoNotDependOnGuesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := NewAhead(context.Background(), rapid.IntRange(0, 5).Draw(t, "workers"), double)
		defer a.Close()
		question := rapid.IntRange(-3, 12)
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "guess") {
				a.Expect(rapid.SliceOfN(question, 0, 6).Draw(t, "expected"))
			}
			q := question.Draw(t, "asked")
			got, err := a.Ask(context.Background(), q)
			if want, wrong := double(context.Background(), q); got != want || (err == nil) != (wrong == nil) {
				t.Fatalf("%d: %d, %v", q, got, err)
			}
		}
	})
}

func TestAGuessIsWorkedOutWhileAnotherQuestionIs(t *testing.T) {
	var lock sync.Mutex
	var begun []int
	second := make(chan struct{})
	a := NewAhead(context.Background(), 2, func(_ context.Context, q int) (int, error) {
		lock.Lock()
		begun = append(begun, q)
		lock.Unlock()
		if q == 2 {
			close(second)
		}
		<-second // the first is answered only once the second has begun
		return q, nil
	})
	defer a.Close()
	a.Expect([]int{2})
	for q := 1; q <= 2; q++ {
		if got, err := a.Ask(context.Background(), q); got != q || err != nil {
			t.Errorf("%d: %d, %v", q, got, err)
		}
	}
	slices.Sort(begun)
	if !slices.Equal(begun, []int{1, 2}) {
		t.Errorf("worked out: %v, want each once", begun)
	}
}

func TestGuessesThatTurnOutWrongAreGivenUp(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	a := NewAhead(context.Background(), 2, func(ctx context.Context, q int) (int, error) {
		if q == 1 {
			close(begun)
			<-ctx.Done()
			close(ended)
		}
		return q, ctx.Err()
	})
	defer a.Close()
	a.Expect([]int{1})
	<-begun
	a.Expect([]int{2})
	<-ended
	if got, err := a.Ask(context.Background(), 2); got != 2 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
}

func TestAnAnswerIsNotWaitedForBeyondTheEnd(t *testing.T) {
	begun := make(chan struct{})
	a := NewAhead(context.Background(), 2, func(ctx context.Context, q int) (int, error) {
		close(begun)
		<-ctx.Done()
		return q, ctx.Err()
	})
	defer a.Close()
	a.Expect([]int{1})
	<-begun
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := a.Ask(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
