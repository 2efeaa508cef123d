package seal_test

const (
	knownBox         = "27970023f1484ae001b46e5e676184d2c426b2ed8bc97e74e366ec5b446a0eeb98"
	knownFingerprint = "447041c55bb85a401f894f82b0670ea5"
)
