using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Bodies;

/// <summary>Reads a message's content piece by piece. One reader at a time; a source lends its own memory.</summary>
public abstract class BodyReader
{
    /// <summary>A body without content.</summary>
    public static BodyReader Empty { get; } = new EmptyBody();

    /// <summary>Octets known to come, or what <see cref="BodyLength"/> says otherwise.</summary>
    public abstract BodyLength Length { get; }

    /// <summary>The trailer fields, once the end was read; null when there are none.</summary>
    public virtual HeaderFields? Trailers => null;

    /// <summary>
    /// The next octets. They are lent until the next call, which gives them back. After the end or an error it must not be called.
    /// </summary>
    public abstract ValueTask<BodyRead> ReadAsync();

    /// <summary>Ends a waiting read with an error, in a turn of its own: nobody wants the rest. Harmless when none waits.</summary>
    public virtual void Cancel()
    {
    }

    private sealed class EmptyBody : BodyReader
    {
        public override BodyLength Length => BodyLength.None;

        public override ValueTask<BodyRead> ReadAsync() => new(BodyRead.Last(default));
    }
}
