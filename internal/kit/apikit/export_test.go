package apikit

// Buckets returns how many buckets are remembered.
func (t *Throttle) Buckets() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.buckets)
}
