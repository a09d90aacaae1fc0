"""The vendor's own kits judge the emulator."""
