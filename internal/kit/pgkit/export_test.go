package pgkit

// Waiting returns how many wait for the next call.
func (t *Together[Q, A]) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting)
}
