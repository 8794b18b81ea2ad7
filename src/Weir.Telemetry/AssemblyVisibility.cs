using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Weir.Telemetry.Tests")]
