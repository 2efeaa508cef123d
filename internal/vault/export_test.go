package vault

// Waiting returns how many calls wait to be written.
func (v *Vault) Waiting() int {
	v.waiting.Lock()
	defer v.waiting.Unlock()
	return len(v.queue)
}
