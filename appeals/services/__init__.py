"""What changes an appeal: filing, first review, recheck, meeting, arbitration, deadlines."""
