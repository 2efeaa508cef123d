package authkit

import "time"

// Age lets what is known of a provider be so much older.
func (p *Provider) Age(by time.Duration) { p.known.at = p.known.at.Add(-by) }

// Derived is derived.
func Derived(secret, purpose string) string { return derived(secret, purpose) }
