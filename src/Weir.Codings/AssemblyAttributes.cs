using System.Runtime.CompilerServices;

// Native calls take blittable types only, so that ReadyToRun compiles them ahead of time.
[assembly: DisableRuntimeMarshalling]
