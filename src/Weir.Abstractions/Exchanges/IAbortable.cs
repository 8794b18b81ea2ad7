using Weir.Abstractions.Errors;

namespace Weir.Abstractions.Exchanges;

/// <summary>Something that an exchange waits for and that can be given up from outside.</summary>
public interface IAbortable
{
    /// <summary>Ends what waits, in a turn of its own, with this reason.</summary>
    void Abort(ProxyError reason);
}
