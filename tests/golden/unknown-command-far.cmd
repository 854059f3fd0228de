saturn frobnicate
