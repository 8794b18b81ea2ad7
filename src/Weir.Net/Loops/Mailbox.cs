namespace Weir.Net.Loops;

/// <summary>Where other threads leave work for a loop: a lock-free stack that the loop takes as a whole and reverses.</summary>
internal sealed class Mailbox
{
    private Letter? _top;

    public bool IsEmpty => Volatile.Read(ref _top) is null;

    /// <summary>Leaves a letter; true when the box was empty, so the loop must be woken.</summary>
    public bool Post(Letter letter)
    {
        while (true)
        {
            Letter? top = Volatile.Read(ref _top);
            letter.Next = top;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _top, letter, top), top))
            {
                return top is null;
            }
        }
    }

    /// <summary>Takes all letters, oldest first.</summary>
    public Letter? TakeAll()
    {
        Letter? letter = Interlocked.Exchange(ref _top, null);
        Letter? oldest = null;
        while (letter is not null)
        {
            Letter? next = letter.Next;
            letter.Next = oldest;
            oldest = letter;
            letter = next;
        }

        return oldest;
    }

    internal sealed class Letter
    {
        public Letter(SendOrPostCallback callback, object? state)
        {
            Callback = callback;
            State = state;
        }

        public SendOrPostCallback Callback { get; }

        public object? State { get; }

        public Letter? Next { get; set; }
    }
}
