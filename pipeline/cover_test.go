package pipeline

import (
	"testing"
	"time"
)

func TestWatchedTime(t *testing.T) {
	const hour = int64(time.Hour)
	start := 500_000 * hour
	rows := []struct {
		name  string
		times []int64
		want  time.Duration
	}{
		{"none", nil, 0},
		{"one frame", []int64{start}, 0},
		{"without a pause", []int64{start, start + hour/2, start + hour}, time.Hour},
		{"a month between two captures", []int64{start, start + hour/4, start + 744*hour, start + 744*hour + hour/4}, time.Hour / 2},
		{"a first frame of 1970", []int64{24 * hour, start, start + hour/4}, time.Hour / 4},
		{"a frame of 2038 in the middle", []int64{start, start + hour/8, 596_523 * hour, start + hour/8, start + hour/4}, time.Hour / 4},
		{"out of order", []int64{start, start + 9, start + 3, start + 8, start + 10}, 10},
		{"time before 1970", []int64{-hour * 9, -hour*9 + 5}, 5},
	}
	for _, row := range rows {
		var w watchedTime
		for _, at := range row.times {
			w.add(at)
		}
		if w.sum != row.want {
			t.Errorf("%s: watched for %v, want %v", row.name, w.sum, row.want)
		}
	}
}

func TestTaps(t *testing.T) {
	at := func(from, to int) Input {
		zero := time.Unix(1_700_000_000, 0)
		return Input{Frames: 1, First: zero.Add(time.Duration(from) * time.Minute), Last: zero.Add(time.Duration(to) * time.Minute)}
	}
	rows := []struct {
		name   string
		inputs []Input
		want   int
	}{
		{"none", nil, 0},
		{"nothing in it", []Input{{Path: "a"}}, 0},
		{"one", []Input{at(0, 15)}, 1},
		{"one frame", []Input{at(0, 0)}, 1},
		{"files that follow each other", []Input{at(0, 15), at(15, 30), at(30, 45)}, 1},
		{"two at the same time", []Input{at(0, 15), at(5, 20)}, 2},
		{"two at the same time, in two files each", []Input{at(0, 15), at(15, 30), at(0, 15), at(15, 30)}, 2},
		{"one within the other", []Input{at(0, 60), at(5, 6), at(10, 11)}, 2},
	}
	for _, row := range rows {
		if got := taps(row.inputs); got != row.want {
			t.Errorf("%s: %d taps, want %d", row.name, got, row.want)
		}
	}
}
