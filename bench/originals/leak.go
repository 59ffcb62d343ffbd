package main

import (
	"bytes"
	"container/list"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The values of --scenario.
const (
	leak      = "leak"
	leakFixed = "leak-fixed"
)

// The figures of servers/demo and of servers/config/leak_options.h; the first three are those of the article (2.5).
const (
	itemPieces   = 1000
	itemPiece    = "data"
	leakDelay    = 10 * time.Minute
	itemTTL      = time.Minute
	itemCapacity = 1000
)

// items are what GET /api/item/:id keeps: a buffer of 4,000 bytes per id. Any goroutine.
type items interface {
	keep(id string) (size int)
	kept() int  // the number of ids
	tasks() int // the number of tasks that have not ended
}

func newItems(scenario string) items {
	switch scenario {
	case leak:
		return &leakyItems{byID: map[string]*bytes.Buffer{}}
	case leakFixed:
		return &boundedItems{byID: map[string]*list.Element{}}
	}
	return nil
}

func fillBuffer() *bytes.Buffer {
	buffer := &bytes.Buffer{}
	for i := 0; i < itemPieces; i++ {
		buffer.WriteString(itemPiece)
	}
	return buffer
}

func itemAnswer(size int) string { return strconv.Itoa(size) + " bytes" }

// leakyItems is the leak of the article: a map without eviction, and per request a goroutine that sleeps before it deletes the id. As the
// article's text says, the goroutine holds the buffer; the code that the article prints holds only the id. The map has a lock, without
// which the program would crash as soon as requests overlap.
type leakyItems struct {
	mutex   sync.Mutex
	byID    map[string]*bytes.Buffer
	pending atomic.Int64
}

func (l *leakyItems) keep(id string) int {
	buffer := fillBuffer()
	l.mutex.Lock()
	l.byID[id] = buffer
	l.mutex.Unlock()
	l.pending.Add(1)
	go l.deleteLater(id, buffer)
	return buffer.Len()
}

func (l *leakyItems) deleteLater(id string, buffer *bytes.Buffer) {
	time.Sleep(leakDelay)
	l.mutex.Lock()
	delete(l.byID, id)
	l.mutex.Unlock()
	l.pending.Add(-1)
	runtime.KeepAlive(buffer)
}

func (l *leakyItems) kept() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return len(l.byID)
}

func (l *leakyItems) tasks() int { return int(l.pending.Load()) }

// boundedItems keeps at most itemCapacity items for itemTTL each. If there are more, the least recently stored item is evicted.
type boundedItems struct {
	mutex  sync.Mutex
	recent list.List // of *item, from the most recently to the least recently stored
	byID   map[string]*list.Element
}

type item struct {
	id      string
	buffer  *bytes.Buffer
	expires time.Time
}

func (b *boundedItems) keep(id string) int {
	stored := &item{id, fillBuffer(), time.Now().Add(itemTTL)}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if known := b.byID[id]; known != nil {
		known.Value = stored
		b.recent.MoveToFront(known)
	} else {
		b.byID[id] = b.recent.PushFront(stored)
	}
	b.evict()
	return stored.buffer.Len()
}

func (b *boundedItems) evict() {
	for last := b.recent.Back(); last != nil; last = b.recent.Back() {
		oldest := last.Value.(*item)
		if b.recent.Len() <= itemCapacity && time.Now().Before(oldest.expires) {
			return
		}
		b.recent.Remove(last)
		delete(b.byID, oldest.id)
	}
}

func (b *boundedItems) kept() int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.recent.Len()
}

func (b *boundedItems) tasks() int { return 0 }
