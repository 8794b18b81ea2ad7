using System.Runtime.CompilerServices;

// Every native signature here is blittable: ReadyToRun can precompile the calls.
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Weir.Net.Tests")]
